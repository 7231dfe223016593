"""The roles and a cluster's ACLs: what is granted, what is missing, what is too much.

Only rules of the principals that are named, on the names of the pipeline, are looked at. Those of
others, rules that deny, and rules on names of others are nobody's business here.
"""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.problem import Problem
from pipeline.settings import Settings
from topics.cluster import Applied
from topics.plan import Change
from topics.roles import ROLES, Grant, by_name

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

_IN_FORCE_SECONDS = 30.0
_TOO_MUCH = "it is not declared: whoever granted it may need it"


@dataclass(frozen=True)
class Holder:
    """Who plays a role: a Kafka principal, such as ``User:desk``, and a group of its own."""

    role: str
    principal: str
    group: str


@dataclass(frozen=True, order=True)
class Rule:
    """One thing that a principal may do, from any host."""

    principal: str
    resource: str
    name: str
    prefixed: bool
    operation: str


def holders(given: Sequence[str]) -> list[Holder]:
    """Read ``ROLE=User:NAME`` or ``ROLE/GROUP=User:NAME``; without any, a user for each role.

    Raises ``Problem`` for what is none.
    """
    if not given:
        given = [f"{role.name}=User:callfacts-{role.name}" for role in ROLES]
    return [_holder(each) for each in given]


def _holder(given: str) -> Holder:
    found = re.fullmatch(r"([a-z]+)(?:/([^=]+))?=([A-Za-z]+:(.+))", given)
    roles = ", ".join(role.name for role in ROLES)
    if found is None or found[1] not in {role.name for role in ROLES}:
        raise Problem(
            f"--principal is {given!r}; expected ROLE=User:NAME with a ROLE of {roles}, such as "
            "worker=User:callfacts-worker"
        )
    role, group, principal, name = found.groups()
    if group is None and role == "subscriber":
        group = name
    if group is not None and not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", group):
        raise Problem(
            f"--principal is {given!r}, and {group!r} cannot be a group's name; say which groups "
            "it may use, with subscriber/GROUP=User:NAME"
        )
    return Holder(role, principal, group or "")


def rules(settings: Settings, held: Iterable[Holder]) -> set[Rule]:
    """Give all that the holders' roles grant; ``Problem`` where a group is the pipeline's own."""
    granted: set[Rule] = set()
    for holder in held:
        if holder.role == "subscriber":
            _check_group(settings, holder)
        for grant in by_name(holder.role).grants:
            granted |= _rules(settings, holder, grant)
    return granted


def differences(
    admin: "KafkaAdminClient", settings: Settings, held: Sequence[Holder]
) -> list[Change]:
    """List what the holders may not do and should, and what they may do with ours beyond that."""
    missing, beyond = _compared(admin, settings, held)
    return [*map(_missing, missing), *map(_beyond, beyond)]


def apply(
    admin: "KafkaAdminClient",
    settings: Settings,
    held: Sequence[Holder],
    *,
    allow_harm: bool = False,
) -> Applied:
    """Grant what is missing; with ``allow_harm`` take away what is beyond. Again it does nothing.

    ``Problem`` where the cluster has no authorizer, or does not let us.
    """
    missing, beyond = _compared(admin, settings, held)
    if missing:
        _grant(admin, missing)
    if beyond and allow_harm:
        _take_away(admin, beyond)
    deadline = time.monotonic() + _IN_FORCE_SECONDS
    while _compared(admin, settings, held) != ([], [] if allow_harm else beyond):
        if time.monotonic() > deadline:
            raise Problem(f"the ACLs are not in force after {_IN_FORCE_SECONDS:.0f} s")
        time.sleep(0.05)
    made, left = [*map(_missing, missing)], [*map(_beyond, beyond)]
    return Applied([*made, *left], []) if allow_harm else Applied(made, left)


def _compared(
    admin: "KafkaAdminClient", settings: Settings, held: Sequence[Holder]
) -> tuple[list[Rule], list[Rule]]:
    wanted = rules(settings, held)
    there = _actual(admin, {holder.principal for holder in held})
    ours = _names(settings)
    beyond = {each for each in there - wanted if (each.resource, each.name, each.prefixed) in ours}
    return sorted(wanted - there), sorted(beyond)


def _rules(settings: Settings, holder: Holder, grant: Grant) -> set[Rule]:
    return {
        Rule(holder.principal, *place, operation)
        for place in _places(settings, grant, holder.group)
        for operation in grant.operations
    }


def _places(settings: Settings, grant: Grant, own: str) -> list[tuple[str, str, bool]]:
    """Give the resources of a grant by kind, full name, and whether that is only a beginning."""
    names = [
        settings.topic(name.format(worker=settings.worker_group, own=own)) for name in grant.names
    ]
    # What begins with nothing is all there is, which Kafka writes otherwise.
    return [
        (grant.resource, name or "*", grant.prefixed and bool(name))
        for name in dict.fromkeys(names)
    ]


def _names(settings: Settings) -> set[tuple[str, str, bool]]:
    """Give all resources of the pipeline that roles speak of, but for those of subscribers."""
    return {
        place
        for role in ROLES
        for grant in role.grants
        if "{own}" not in "".join(grant.names)
        for place in _places(settings, grant, "")
    }


def _check_group(settings: Settings, holder: Holder) -> None:
    """Keep subscribers out of the groups of the workers, whose partitions they would take."""
    group = settings.topic(holder.group)
    for resource, name, _ in _names(settings):
        if resource == "group" and (name == group or name.startswith(f"{group}-")):
            raise Problem(
                f"{holder.principal} would get the group {name}, which is the pipeline's own; say "
                "which groups it may use, with subscriber/GROUP=User:NAME"
            )


def _actual(admin: "KafkaAdminClient", principals: Iterable[str]) -> set[Rule]:
    from kafka.admin import (
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )
    from kafka.errors import ClusterAuthorizationFailedError, SecurityDisabledError

    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    found: set[Rule] = set()
    try:
        for principal in principals:
            acls, _ = admin.describe_acls(
                ACLFilter(principal, "*", ACLOperation.ANY, ACLPermissionType.ALLOW, anything)
            )
            found |= {_rule_of(each) for each in acls}
    except SecurityDisabledError:
        raise Problem(
            "the cluster has no ACLs: its brokers let everybody do everything; set "
            "authorizer.class.name on them first"
        ) from None
    except ClusterAuthorizationFailedError:
        raise Problem(
            "we may not see ACLs: that takes the right to describe the cluster; log in as a super "
            "user of Kafka"
        ) from None
    return found


def _grant(admin: "KafkaAdminClient", granted: Iterable[Rule]) -> None:
    failed = admin.create_acls([_acl_of(each) for each in granted])["failed"]
    if failed:
        raise Problem(
            f"Kafka refused {len(failed)} ACLs ({failed[0].__name__}); log in as a super user of "
            "Kafka"
        )


def _take_away(admin: "KafkaAdminClient", taken: Iterable[Rule]) -> None:
    for _, _, error in admin.delete_acls([_acl_of(each) for each in taken]):
        if error.errno:
            raise Problem(f"Kafka did not take ACLs away: {error.__name__}")


def _acl_of(rule: Rule) -> Any:
    """Write a rule as Kafka has it, which is also the filter that finds it."""
    from kafka.admin import (
        ACL,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePattern,
        ResourceType,
    )

    pattern = ACLResourcePatternType.PREFIXED if rule.prefixed else ACLResourcePatternType.LITERAL
    resource = ResourceType[rule.resource.upper().replace(" ", "_")]
    return ACL(
        rule.principal,
        "*",
        ACLOperation[rule.operation.upper()],
        ACLPermissionType.ALLOW,
        ResourcePattern(resource, rule.name, pattern),
    )


def _rule_of(acl: Any) -> Rule:
    place = acl.resource_pattern
    return Rule(
        acl.principal,
        place.resource_type.name.lower().replace("_", " "),
        place.resource_name,
        place.pattern_type.name == "PREFIXED",
        acl.operation.name.lower(),
    )


def _missing(rule: Rule) -> Change:
    return Change(_place(rule), "acl", _permission(rule), None, "allowed")


def _beyond(rule: Rule) -> Change:
    return Change(_place(rule), "acl", _permission(rule), "allowed", "not allowed", _TOO_MUCH)


def _place(rule: Rule) -> str:
    name = f"{rule.name}…" if rule.prefixed else rule.name
    return name if rule.resource == "topic" else f"{rule.resource} {name}"


def _permission(rule: Rule) -> str:
    return f"{rule.principal} {rule.operation.replace('_', ' ')}"
