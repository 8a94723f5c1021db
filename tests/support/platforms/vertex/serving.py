"""The stand-in's endpoints: made, deployed to, undeployed from."""

from __future__ import annotations

import re

from tests.support.platforms.vertex.refusing import invalid, missing, unmet
from tests.support.platforms.vertex.world import Json, World

_DEPLOYED_ID = re.compile(r"[0-9]{1,10}")


def create_endpoint(world: World, parent: str, endpoint: Json, own_id: str = "") -> str:
    """A new endpoint that serves nothing; gives its name. Raises Refused."""
    if not endpoint.get("displayName") or len(endpoint["displayName"]) > 128:
        raise invalid("displayName is required and can be up to 128 characters long.")
    name = f"{parent}/endpoints/{own_id or world.new_id()}"
    moment = world.now()
    world.endpoints[name] = endpoint | {"name": name, "createTime": moment, "updateTime": moment}
    return name


def deploy(world: World, endpoint: str, deployed: Json, split: dict[str, int]) -> Json:
    """Deploy a version of a model, '0' in the split being the new one (documented). Raises Refused.

    Its name may say a version or an alias; the answer tells modelVersionId. Whether ``model`` keeps its '@2' is not
    documented: it does here, as clients must bear both. A model of another location or project is taken as it is.
    """
    held = _held(world, endpoint)
    own = deployed.get("id") or str(len(world.endpoints) * 1000 + len(held.get("deployedModels", ())) + 1)
    if not _DEPLOYED_ID.fullmatch(own):
        raise invalid("The id of a DeployedModel is 1 to 10 digits.")
    made = deployed | {"id": own, "createTime": world.now()}
    named = deployed.get("model", "")
    if named.startswith((f"projects/{world.project}/", f"projects/{world.number}/")):
        model, version = world.version(named)
        at = named.partition("@")[1:]
        made |= {"model": model + "".join(at), "modelVersionId": version["versionId"]}
        made.setdefault("displayName", version["displayName"])
    asked = {own if key == "0" else key: value for key, value in split.items()}
    all_deployed = [*held.get("deployedModels", ()), made]
    _fit_split(asked, all_deployed)
    held["deployedModels"] = all_deployed
    if asked:
        held["trafficSplit"] = {key: value for key, value in asked.items() if value}
    return made


def undeploy(world: World, endpoint: str, own: str, split: dict[str, int]) -> None:
    """Only where it has no traffic (any more), or is the last (documented). Raises Refused."""
    held = _held(world, endpoint)
    kept = [one for one in held.get("deployedModels", ()) if one["id"] != own]
    if len(kept) == len(held.get("deployedModels", ())):
        raise missing(f"{endpoint}/deployedModels/{own}")
    asked = split or held.get("trafficSplit", {})
    if kept and own in asked:
        raise unmet(f"The DeployedModel {own} has traffic.")
    _fit_split(asked if kept else {}, kept)
    held["deployedModels"], held["trafficSplit"] = kept, asked if kept else {}


def _held(world: World, endpoint: str) -> Json:
    name = endpoint.replace(f"projects/{world.project}/", f"projects/{world.number}/", 1)
    if name not in world.endpoints:
        raise missing(endpoint)
    return world.endpoints[name]


def _fit_split(split: dict[str, int], deployed: list[Json]) -> None:
    """Together 100, or empty (documented); only of what is deployed (assumed)."""
    if split and sum(split.values()) != 100:
        raise invalid("The traffic percentage values must add up to 100.")
    if not set(split) <= {one["id"] for one in deployed} or any(value < 0 for value in split.values()):
        raise invalid("trafficSplit names a DeployedModel that is not there.")
