"""The demo: a handful of agencies at different points of the journey, made by the services that clicks call."""
