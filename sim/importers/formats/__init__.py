"""Whose exports can be read? A file a platform."""

from __future__ import annotations

from sim.importers.formats.amazon_connect import AMAZON_CONNECT
from sim.importers.formats.anonymous_bank import ANONYMOUS_BANK
from sim.importers.formats.base import Format
from sim.importers.formats.chatwoot import CHATWOOT
from sim.importers.formats.generic import GENERIC
from sim.importers.formats.genesys import GENESYS
from sim.importers.formats.intercom import INTERCOM
from sim.importers.formats.livechat import LIVECHAT
from sim.importers.formats.livehelperchat import LIVEHELPERCHAT
from sim.importers.formats.liveperson import LIVEPERSON
from sim.importers.formats.ocel import OCEL
from sim.importers.formats.salesforce import SALESFORCE
from sim.importers.formats.zendesk import ZENDESK

FORMATS: tuple[Format, ...] = (
    ZENDESK, INTERCOM, CHATWOOT, GENESYS, AMAZON_CONNECT, LIVECHAT, LIVEPERSON, LIVEHELPERCHAT, SALESFORCE,
    ANONYMOUS_BANK, OCEL, GENERIC,
)  # fmt: skip
"""In the order in which files are recognised: the pickiest first."""
