"""For boards: the pack, the register of figures given out, commentary, questions and actions about a figure."""
