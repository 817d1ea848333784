"""A service provider on OneLogin's python3-saml, with every check that it has: strict, both
signatures wanted, its schemas, its clock. See `conversation.py` for how it is spoken with.
"""

from urllib.parse import parse_qsl, urlsplit

from conversation import Refused, check, converse, read
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as Parser
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request as Logout
from onelogin.saml2.settings import OneLogin_Saml2_Settings as Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

BINDINGS = {
    "redirect": Constants.BINDING_HTTP_REDIRECT,
    "post": Constants.BINDING_HTTP_POST,
}


class ServiceProvider:
    def __init__(self, setup):
        self.setup = setup
        self.key = read(setup["key"])
        self.certificate = read(setup["certificate"])
        self.auth = None

    def settings(self, binding="redirect", name_id_format=None, classes=(), comparison="exact"):
        setup = self.setup
        service = {
            "entityId": setup["entity_id"],
            "assertionConsumerService": {
                "url": setup["consumer"],
                "binding": Constants.BINDING_HTTP_POST,
            },
            "singleLogoutService": {
                "url": setup["logout"],
                "binding": Constants.BINDING_HTTP_REDIRECT,
            },
            "NameIDFormat": name_id_format or Constants.NAMEID_UNSPECIFIED,
            "x509cert": self.certificate,
            "privateKey": self.key,
        }
        parsed = Parser.parse(setup["provider_metadata"], required_sso_binding=BINDINGS[binding])
        security = {
            "authnRequestsSigned": setup["signs_requests"],
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "wantMessagesSigned": setup["wants_response_signed"],
            "wantAssertionsSigned": setup["wants_assertion_signed"],
            "wantAssertionsEncrypted": setup["encryption"],
            "wantNameId": True,
            "wantAttributeStatement": True,
            "requestedAuthnContext": list(classes) or False,
            "requestedAuthnContextComparison": comparison,
            "failOnAuthnContextMismatch": comparison == "exact",
            "signatureAlgorithm": Constants.RSA_SHA256,
            "digestAlgorithm": Constants.SHA256,
            "rejectDeprecatedAlgorithm": True,
        }
        return Settings(
            {
                "strict": True,
                "debug": False,
                "sp": service,
                "idp": parsed["idp"],
                "security": security,
            }
        )

    def receive(self, url, fields=None):
        """What a web framework would say of a request."""
        at = urlsplit(url)
        return {
            "https": "on" if at.scheme == "https" else "off",
            "http_host": at.netloc,
            "script_name": at.path,
            "get_data": dict(parse_qsl(at.query, keep_blank_values=True)),
            "query_string": at.query,
            "validate_signature_from_qs": True,
            "post_data": fields or {},
        }

    def signed(self, message):
        """A message with its signature inside, as POST carries it."""
        return Utils.b64encode(
            Utils.add_sign(
                message,
                self.key,
                self.certificate,
                sign_algorithm=Constants.RSA_SHA256,
                digest_algorithm=Constants.SHA256,
            )
        )

    def metadata(self):
        settings = self.settings()
        metadata = settings.get_sp_metadata()
        errors = settings.validate_metadata(metadata)
        check(not errors, "metadata", ", ".join(errors))
        return {"metadata": metadata.decode()}

    def log_in(self, binding, relay_state, name_id_format, classes, comparison, force, passive):
        settings = self.settings(binding, name_id_format, classes, comparison)
        self.auth = OneLogin_Saml2_Auth(self.receive(self.setup["consumer"]), settings)
        policy = name_id_format is not None
        if binding == "redirect":
            url = self.auth.login(relay_state or "", force, passive, policy)
            self.request_id = self.auth.get_last_request_id()
            return {"url": url, "fields": None}
        request = OneLogin_Saml2_Authn_Request(settings, force, passive, policy)
        self.request_id = request.get_id()
        message = request.get_request(deflate=False)
        if self.setup["signs_requests"]:
            message = self.signed(request.get_xml())
        fields = {"SAMLRequest": message, "RelayState": relay_state or ""}
        return {"url": self.auth.get_sso_url(), "fields": fields}

    def judge(self, fields):
        request = self.receive(self.setup["consumer"], fields)
        auth = self.auth = OneLogin_Saml2_Auth(request, self.auth.get_settings())
        auth.process_response(self.request_id)
        if not auth.is_authenticated():
            raise Refused("invalid_response", f"{auth.get_last_error_reason()} {statuses(auth)}")
        # Where an answer names no request, the library takes it for one that nobody asked for.
        answers = auth.get_last_response_in_response_to()
        check(answers == self.request_id, "unsolicited", "it answers no request of ours")
        self.session = {
            "name_id": auth.get_nameid(),
            "name_id_format": auth.get_nameid_format(),
            "nq": auth.get_nameid_nq(),
            "spnq": auth.get_nameid_spnq(),
            "session_index": auth.get_session_index(),
        }
        return {
            "name_id": {
                "value": auth.get_nameid(),
                "format": auth.get_nameid_format(),
                "name_qualifier": auth.get_nameid_nq(),
                "sp_name_qualifier": auth.get_nameid_spnq(),
            },
            "attributes": auth.get_attributes(),
            "friendly": auth.get_friendlyname_attributes(),
            "session_index": auth.get_session_index(),
            "class": auth.get_last_authn_contexts()[0],
            "relay_state": fields.get("RelayState"),
        }

    def log_out(self, binding, relay_state):
        # It does no other way, neither out nor in.
        check(binding == "redirect", "binding", "log-outs go by HTTP-Redirect")
        auth = OneLogin_Saml2_Auth(self.receive(self.setup["logout"]), self.settings())
        url = auth.logout(return_to=relay_state or "", **self.session)
        self.request_id = auth.get_last_request_id()
        return {"url": url, "fields": None}

    def process(self, url, **request):
        auth = OneLogin_Saml2_Auth(self.receive(url), self.settings())
        answer = auth.process_slo(**request)
        errors = auth.get_errors()
        reason = auth.get_last_error_reason()
        check(not errors, "invalid_logout", f"{', '.join(errors)}: {reason}")
        return auth, answer

    def logged_out(self, url, fields):
        auth, _ = self.process(url, request_id=self.request_id)
        root = etree.fromstring(auth.get_last_response_xml().encode())
        # Where an answer names no request, the library takes it all the same.
        check(root.get("InResponseTo") == self.request_id, "unsolicited", "it answers no request")
        received = self.receive(url)["get_data"]
        return {"statuses": statuses(auth), "relay_state": received.get("RelayState")}

    def told_to_log_out(self, url, fields):
        auth, answer = self.process(url)
        request = auth.get_last_request_xml()
        name_id = Logout.get_nameid(request)
        check(name_id == self.session["name_id"], "name", "it is for somebody else")
        return {
            "name_id": name_id,
            "session_indexes": Logout.get_session_indexes(request),
            "answer": {"url": answer, "fields": None},
        }


def statuses(auth):
    """The codes of an answer; the library tells of one of them, and not of which."""
    response = etree.fromstring(auth.get_last_response_xml().encode())
    codes = response.iterfind(f".//{{{Constants.NS_SAMLP}}}StatusCode")
    return [code.get("Value") for code in codes]


converse(ServiceProvider)
