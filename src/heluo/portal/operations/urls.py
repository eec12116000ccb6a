"""Addresses of the operators' pages."""

from django.urls import path

from heluo.portal.operations.pages import audit, blocks, chain, jobs, overview  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("operations/", overview.overview, name="overview"),
    path("operations/jobs/", jobs.job_list, name="jobs"),
    path("operations/jobs/<int:number>/", jobs.job_detail, name="job"),
    path("operations/jobs/<int:number>/retry/", jobs.retry_job, name="retry"),
    path("operations/jobs/<int:number>/cancel/", jobs.cancel_job, name="cancel"),
    path("operations/audit/", audit.audit_list, name="audit"),
    path("operations/audit/<int:seq>/", audit.audit_detail, name="audit_row"),
    path("operations/chain/", chain.chain, name="chain"),
    path("operations/chain/heads/", chain.heads, name="heads"),
]
