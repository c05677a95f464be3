"""Every receipt, reversal and deposit by its state: the rows that figures of money stand for."""
