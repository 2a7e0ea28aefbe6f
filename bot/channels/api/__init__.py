"""The operator's own app: plain JSON over HTTP, signed both ways. The example of docs/adding-a-channel.md."""
