"""VK, through vk-api: settings.py, parse.py, render.py, client.py, and channel.py, which joins them."""
