"""A stand-in for the part of Azure's management API that tells of Azure ML, stateful and served over HTTP.

It is held against the vendor's own models, which are those of api-version 2023-04-01
(azure-mgmt-machinelearningservices 2.0.0b2), and the vendor's client drives it, asking for 2024-04-01. Of serverless
endpoints, which that client does not know, the shape is that of Azure's published types of 2024-04-01.

What it does, and from where that is known:

- recorded (azure-sdk-for-python's own test recordings): the bodies, with null for what is not set, moments with seven
  digits and +00:00; a version is put without its container, which is then there; names of versions are bare.
- documented (the API's specification): the parameters of each listing, $skip as the continuation, patterns of names;
  ActiveOnly as the listing's default, which leaves out archived and anonymous ones; traffic sums to 0 or 100 and
  names deployments of the endpoint; names of subscriptions, groups and workspaces have no case, those of models do.
- assumed: the size of a page, what a continuation token looks like, that unknown parameters are refused,
  the codes of refusals below the workspace, that a model's reference is given back as it was put.
"""
