"""Layer specs of modules and operators, and their closed-form rows compared with the traced."""
