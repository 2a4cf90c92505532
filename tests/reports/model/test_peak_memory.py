"""Memory at the peak, as a value and as a table."""

from reports.model.peak_memory import Memory, memory_table

STEP = Memory(weights=101, inputs=103, activations=107, at="body.0", gradients=109, state=113)


def test_the_total_is_all_of_it():
    assert STEP.total == 101 + 103 + 107 + 109 + 113


def test_a_table_names_each_part_and_the_layer_at_the_peak():
    assert memory_table(STEP).cells() == [
        ["weights", "101", "params and buffers"],
        ["inputs", "103", "of the model"],
        ["activations", "107", "held at the peak, in body.0"],
        ["gradients", "109", "of parameters, complete by then"],
        ["optimizer state", "113", ""],
        ["total", "533", "in their own types"],
    ]


def test_what_a_training_step_adds_is_left_out_where_there_is_none():
    table = memory_table(Memory(weights=0, inputs=0, activations=0, at="", dtype="float16"))
    assert [row[0] for row in table.rows] == ["weights", "inputs", "activations", "total"]
    assert [row[2] for row in table.rows][2:] == ["no activations", "as float16"]
