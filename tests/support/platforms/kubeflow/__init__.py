"""A stand-in for a Kubeflow Model Registry, served over HTTP in both versions of its API.

It keeps what is registered, and is driven by the registry's own Python clients. What it does is

- documented: paths, parameters, required fields, patterns, enumerations, defaults, statuses and the shape of errors
  (the OpenAPI document of v1alpha3); that a service without a version serves the latest of its model;
- documented of v1 (kubeflow/hub#2992, and mr_openapi of model-registry 0.3.18): it has no experiments, a metric's step
  is a text, a new inference service is answered with 201 where v1alpha3 says 200, and all else is the same;
- read in the server's source: the page token (base64 of 'id:value'), a listing without pageSize that gives all, ids
  that contexts share, 'no ... found for id ...: not found', 400 for unknown fields, '404 page not found' for paths;
- assumed: which of two wrong things it complains of first, that an unknown parameter is refused (the server lets
  it pass), that 409 answers every name that is taken.

It does not do: filterQuery (refused), metric histories, sign-in beyond one bearer token.
"""

from tests.support.platforms.kubeflow.server import KubeflowServer, kubeflow_server
from tests.support.platforms.kubeflow.store import Refused, Store

__all__ = ["KubeflowServer", "Refused", "Store", "kubeflow_server"]
