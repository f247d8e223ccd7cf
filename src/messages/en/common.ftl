internal_error = The system failed and has recorded what happened. Try again; if it persists, tell the administrator the request id.
