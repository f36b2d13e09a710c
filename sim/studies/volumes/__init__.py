"""What do a centre's volumes say of its demand, and of what is to come?"""
