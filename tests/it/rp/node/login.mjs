// A relying party on openid-client. Argument: its setup as JSON. Prints one JSON object a line:
// first where the browser goes; then, once told on standard input where it came back to, what it
// got, or an error.

import { createInterface } from 'node:readline'
import { webcrypto } from 'node:crypto'

// Node.js 18, which Debian 12 has, does not name it globally.
globalThis.crypto ??= webcrypto
const client = await import('openid-client')

const setup = JSON.parse(process.argv[2])
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

function authentication() {
  switch (setup.auth_method) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(setup.client_secret)
    case 'client_secret_post':
      return client.ClientSecretPost(setup.client_secret)
    case 'none':
      return client.None()
    default:
      throw new Error(`unknown method ${setup.auth_method}`)
  }
}

async function main() {
  const metadata = {}
  if (setup.id_token_signed_response_alg) {
    metadata.id_token_signed_response_alg = setup.id_token_signed_response_alg
  }
  const insecure = setup.issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
  const config = await client.discovery(
    new URL(setup.issuer),
    setup.client_id,
    metadata,
    authentication(),
    { execute: insecure, timeout: 30 },
  )
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const authorization = client.buildAuthorizationUrl(config, {
    redirect_uri: setup.redirect_uri,
    scope: setup.scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...setup.parameters,
  })
  say({ authorization_url: authorization.href })

  let callback
  for await (const line of createInterface({ input: process.stdin })) {
    callback = line
    break
  }
  const maxAge = setup.parameters.max_age
  const tokens = await client.authorizationCodeGrant(config, new URL(callback), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)

  const refreshed = []
  const first = tokens.refresh_token
  let current = first
  while (current && refreshed.length < 2) {
    const answer = await client.refreshTokenGrant(config, current)
    await client.fetchUserInfo(config, answer.access_token, claims.sub)
    refreshed.push({ ...answer, claims: answer.claims() })
    current = answer.refresh_token ?? current
  }
  let reuse_error = null
  if (first && setup.reuse_refresh_token) {
    reuse_error = await client.refreshTokenGrant(config, first).then(
      () => 'none',
      (error) => error.error ?? error.code,
    )
  }
  let end_session_url = null
  if (config.serverMetadata().end_session_endpoint && setup.post_logout_redirect_uri) {
    end_session_url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: setup.post_logout_redirect_uri,
    }).href
  }
  say({ claims, userinfo, refreshed, reuse_error, end_session_url })
}

main().then(
  () => process.exit(0),
  (error) => {
    const cause = error.cause ? ` (${JSON.stringify(error.cause)})` : ''
    say({ error: String(error.error ?? error.code ?? error.name), message: `${error}${cause}` })
    process.exit(1)
  },
)
