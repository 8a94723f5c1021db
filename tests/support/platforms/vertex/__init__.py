"""A stand-in for Vertex AI, for tests: its Model Registry, endpoints and training, kept in memory and served over HTTP.

It knows what the discovery document aiplatform.v1 describes and nothing more: a request that is not described is
refused, and an answer that is not described is a fault of the stand-in that fails the test. Each behaviour says
whether it is documented (in that document, in AIP-158 on paging or in google.rpc.Code), recorded (in what people
posted of the real one) or assumed. What it cannot show: signing in at Google, permissions, quotas and speed.
"""
