"""Viber, with the message objects of viberbot: settings.py, parse.py, render.py, client.py, and channel.py, which joins
them."""
