"""The service for programs (`service`), and the page where an administrator fetches the bulk file (`exports`)."""
