"""What is claimed can be measured again: every figure beside this machine's own floor, from the same minute."""
