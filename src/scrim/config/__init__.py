"""The settings of scrim.yaml: facts about this installation, never decisions.

`scrim.config.load.load` reads the file; `scrim.config.root.Config` is its shape. Every model is
frozen and rejects unknown keys, so that a misspelt setting is an error and not a silent default.
"""
