// A service account on openid-client, which keeps its key to itself. Argument: its setup as JSON.
// Prints one JSON object a line: first its public key; then, once told to go on, the token
// endpoint's answer, or an error.

import { createInterface } from 'node:readline'
import { webcrypto } from 'node:crypto'

globalThis.crypto ??= webcrypto
const client = await import('openid-client')

const setup = JSON.parse(process.argv[2])
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
const kinds = {
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  PS256: {
    name: 'RSA-PSS',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
}

async function main() {
  const usages = ['sign', 'verify']
  const pair = await crypto.subtle.generateKey(kinds[setup.algorithm], true, usages)
  const { key_ops, ext, ...jwk } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  say({ jwk: { ...jwk, kid: 'one', use: 'sig' } })
  for await (const _ of createInterface({ input: process.stdin })) break

  const insecure = setup.issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
  const config = await client.discovery(
    new URL(setup.issuer),
    setup.client_id,
    {},
    client.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' }),
    { execute: insecure, timeout: 30 },
  )
  const { scope, resource } = setup
  say(await client.clientCredentialsGrant(config, { scope, resource }))
}

main().then(
  () => process.exit(0),
  (error) => {
    say({ error: String(error.error ?? error.code ?? error.name), message: String(error) })
    process.exit(1)
  },
)
