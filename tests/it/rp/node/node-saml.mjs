// A service provider on node-saml, with every check that it has. Argument: its setup as JSON. On
// standard input one question a line, on standard output one answer a line, both JSON. A refusal is
// an answer too.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { inflateRawSync } from 'node:zlib'
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { DOMParser } from '@xmldom/xmldom'

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
const BINDINGS = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
}

const setup = JSON.parse(process.argv[2])
const key = readFileSync(setup.key, 'ascii')
const certificate = readFileSync(setup.certificate, 'ascii')

class Refused extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

function check(condition, code, message) {
  if (!condition) throw new Refused(code, message)
}

// The library reads no metadata.
function provider(binding) {
  const entity = new DOMParser().parseFromString(setup.provider_metadata).documentElement
  const all = (namespace, name) => Array.from(entity.getElementsByTagNameNS(namespace, name))
  const at = (service) =>
    all(METADATA, service)
      .find((endpoint) => endpoint.getAttribute('Binding') === BINDINGS[binding])
      ?.getAttribute('Location')
  const keys = all(METADATA, 'KeyDescriptor').filter(
    (descriptor) => descriptor.getAttribute('use') !== 'encryption',
  )
  const certificates = keys.flatMap((descriptor) =>
    Array.from(descriptor.getElementsByTagNameNS(DSIG, 'X509Certificate')),
  )
  return {
    idpIssuer: entity.getAttribute('entityID'),
    entryPoint: at('SingleSignOnService'),
    logoutUrl: at('SingleLogoutService'),
    idpCert: certificates.map((element) => element.textContent.replace(/\s/g, '')),
  }
}

// What was asked is remembered from one to the next.
let cacheProvider

function saml(binding, options) {
  const made = new SAML({
    ...provider(binding),
    issuer: setup.entity_id,
    callbackUrl: setup.consumer,
    logoutCallbackUrl: setup.logout,
    audience: setup.entity_id,
    wantAuthnResponseSigned: setup.wants_response_signed,
    wantAssertionsSigned: setup.wants_assertion_signed,
    validateInResponseTo: ValidateInResponseTo.always,
    acceptedClockSkewMs: 0,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    authnRequestBinding: binding === 'post' ? 'HTTP-POST' : 'HTTP-Redirect',
    // It would compress what is posted as well, which Bindings §3.5.4 does not.
    skipRequestCompression: binding === 'post',
    ...(setup.signs_requests ? { privateKey: key, publicCert: certificate } : {}),
    ...(setup.encryption ? { decryptionPvk: key } : {}),
    ...(cacheProvider ? { cacheProvider } : {}),
    ...options,
  })
  cacheProvider = made.cacheProvider
  return made
}

let asked
// Who is logged in, as the library wants to be told for a log-out.
let session
// The request for a log-out that waits for its answer.
let leaving

// The library sends what is about log-outs by HTTP-Redirect, and its metadata wants it by HTTP-POST.
function logout() {
  // Of a LogoutResponse that is posted it finds no InResponseTo, so that its caller compares that.
  return saml('redirect', { validateInResponseTo: ValidateInResponseTo.ifPresent })
}

const parameters = (url) => Object.fromEntries(new URL(url).searchParams)

const posted = (message) =>
  new DOMParser().parseFromString(Buffer.from(message, 'base64').toString()).documentElement

const answers = {
  metadata() {
    const made = saml('redirect', { identifierFormat: null })
    return { metadata: made.generateServiceProviderMetadata(certificate, certificate) }
  },

  async log_in({ binding, relay_state, name_id_format, classes, comparison, force, passive }) {
    const options = {
      identifierFormat: name_id_format,
      disableRequestedAuthnContext: classes.length === 0,
      authnContext: classes,
      racComparison: comparison,
      forceAuthn: force,
      passive,
    }
    asked = saml(binding, options)
    if (binding === 'redirect') {
      return { url: await asked.getAuthorizeUrlAsync(relay_state ?? '', undefined, {}), fields: null }
    }
    const fields = await asked.getAuthorizeMessageAsync(relay_state ?? '', undefined, {})
    return { url: asked.options.entryPoint, fields }
  },

  async judge({ fields }) {
    const { profile } = await asked.validatePostResponseAsync(fields)
    // It says no more of the one refusal that it does not throw.
    check(profile, 'NoPassive', 'urn:oasis:names:tc:SAML:2.0:status:NoPassive')
    check(profile.issuer === asked.options.idpIssuer, 'issuer', 'somebody else says so')
    const confirmation = profile.getAssertion().Assertion.Subject[0].SubjectConfirmation[0]
    const recipient = confirmation.SubjectConfirmationData[0].$.Recipient
    // The library leaves it to its caller (SAML Profiles §4.1.4.3).
    check(recipient === setup.consumer, 'recipient', 'it is for somebody else')
    session = profile
    const attributes = Object.entries(profile.attributes ?? {})
    return {
      name_id: {
        value: profile.nameID,
        format: profile.nameIDFormat ?? null,
        name_qualifier: profile.nameQualifier ?? null,
        sp_name_qualifier: profile.spNameQualifier ?? null,
      },
      attributes: Object.fromEntries(attributes.map(([name, values]) => [name, [values].flat()])),
      friendly: null,
      session_index: profile.sessionIndex ?? null,
      class:
        profile.getAssertion().Assertion.AuthnStatement[0].AuthnContext[0].AuthnContextClassRef[0]._,
      relay_state: fields.RelayState ?? null,
    }
  },

  async log_out({ binding, relay_state }) {
    check(binding === 'redirect', 'binding', 'log-outs go by HTTP-Redirect')
    const url = await logout().getLogoutUrlAsync(session, relay_state ?? '', {})
    const message = inflateRawSync(Buffer.from(parameters(url).SAMLRequest, 'base64'))
    leaving = new DOMParser().parseFromString(message.toString()).documentElement.getAttribute('ID')
    return { url, fields: null }
  },

  async logged_out({ url, fields }) {
    check(fields, 'binding', 'its metadata wants HTTP-POST')
    const { loggedOut } = await logout().validatePostResponseAsync(fields)
    check(loggedOut, 'still_here', 'nobody is logged out')
    const root = posted(fields.SAMLResponse)
    check(root.getAttribute('InResponseTo') === leaving, 'unsolicited', 'it answers no request')
    const codes = Array.from(root.getElementsByTagNameNS(PROTOCOL, 'StatusCode'))
    return {
      statuses: codes.map((code) => code.getAttribute('Value')),
      relay_state: fields.RelayState ?? null,
    }
  },

  async told_to_log_out({ url, fields }) {
    check(fields, 'binding', 'its metadata wants HTTP-POST')
    const made = logout()
    const { profile } = await made.validatePostRequestAsync(fields)
    check(profile.issuer === made.options.idpIssuer, 'issuer', 'somebody else asks')
    check(profile.nameID === session.nameID, 'name', 'it is for somebody else')
    const relayState = fields.RelayState ?? ''
    return {
      name_id: profile.nameID,
      session_indexes: [profile.sessionIndex].flat().filter(Boolean),
      answer: {
        url: await made.getLogoutResponseUrlAsync(profile, relayState, {}, true),
        fields: null,
      },
    }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...rest } = JSON.parse(line)
  let answer
  try {
    answer = await answers[ask](rest)
  } catch (error) {
    const status = error.xmlStatus ? ` ${error.xmlStatus}` : ''
    answer = { error: String(error.code ?? error.name), message: `${error.message}${status}` }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
