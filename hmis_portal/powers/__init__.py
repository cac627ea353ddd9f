"""Acts of power take two: asked by one, granted by another, told to all concerned. Each app adds its kinds."""
