"""The codebook of a form: each variable with its question, its codes and when it is asked."""
