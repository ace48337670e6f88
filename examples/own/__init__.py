"""Pictures of our own, drawn by a program: see `own_pictures.py` beside this folder."""
