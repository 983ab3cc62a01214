"""What is offered: programmes, their life cycle, their runs, and for whom they are meant."""
