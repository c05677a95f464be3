"""Files that people sent, given out to be saved."""

from fastapi import Response


def saved_file(content: bytes, media_type: str, file_name: str) -> Response:
    """A file to save; `file_name` is of our own making. A browser neither runs nor guesses it."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
