"""The fidelity of the synthetic world: what it is measured on, what it is compared with, and the verdict."""
