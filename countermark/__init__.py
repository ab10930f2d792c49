"""The domain of countermark in plain Python: no orchestration, no web, no validation engine."""
