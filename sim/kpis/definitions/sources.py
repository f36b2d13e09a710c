"""Where do definitions come from? Platforms and papers that measure the same."""

from __future__ import annotations

_AWS = "https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html"
_ZENDESK = "https://support.zendesk.com/hc/en-us/articles"
_GENESYS = "https://help.mypurecloud.com/articles/configure-the-service-level-calculation"
_CISCO = (
    "https://www.cisco.com/c/en/us/support/docs/contact-center/unified-contact-center-enterprise/"
    "216240-how-to-perform-service-level-calculation.html"
)


def amazon(metric: str) -> str:
    """A metric of Amazon Connect."""
    return f"Amazon Connect: {metric}, {_AWS}"


def cisco(variant: str) -> str:
    """A variant of the service level in Cisco Unified Contact Center Enterprise."""
    return f"Cisco UCCE: abandoned calls {variant}, {_CISCO}"


def genesys(metric: str) -> str:
    """A metric of Genesys Cloud."""
    return f"Genesys Cloud: {metric}, {_GENESYS}"


def zendesk(metric: str) -> str:
    """A metric of Zendesk's live chat."""
    return f"Zendesk, metrics for live chat: {metric}, {_ZENDESK}/4409149177242"


def zendesk_export(column: str) -> str:
    """A column of Zendesk's exports of chat analytics."""
    return f"Zendesk, Chat Analytics CSV: {column}, {_ZENDESK}/4408893283098"


ASAPP = "ASAPP, metrics of live chat"
DYNAMICS = "Microsoft, Dynamics 365, omnichannel metrics"
SILENT = "Castellanos, Yom-Tov and Goldberg, arXiv 2304.11754, https://arxiv.org/abs/2304.11754"
"""Silent abandonment in chat."""
