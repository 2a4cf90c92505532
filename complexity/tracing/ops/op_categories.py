"""Operators without multiply-adds, by what they do. Names as torch has them, in place or not.

What computes is counted as element-wise work, one step for each

* output element: ``PER_OUTPUT``, ``BACKWARDS``, ``ORDERING`` and ``RANDOM``. To sort, to search
  and to draw a number take more than a step, but how many depends on the data and on the method,
  and no paper counts them: a step an output says that work was done, as it does for a pooling
* element of the source: ``ACCUMULATIONS``, which add as often, wherever the sums land

The rest computes nothing and is free by definition: ``COPIES`` and ``LOOKUPS`` move elements,
``VIEWS`` do not even that.
"""

# Point-wise operators and reductions need no entry: torch tags them.
PER_OUTPUT = (
    "_nested_tensor_size", "_nested_tensor_strides", "_nested_tensor_storage_offsets",
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training",
    "_batch_norm_with_update", "_batch_norm_no_update", "cudnn_batch_norm", "miopen_batch_norm",
    "native_layer_norm", "native_group_norm", "_fused_rms_norm", "max_pool1d",
    "max_pool2d_with_indices", "max_pool3d_with_indices", "mkldnn_max_pool2d", "avg_pool1d",
    "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d", "_adaptive_avg_pool2d",
    "_adaptive_avg_pool3d", "adaptive_max_pool2d", "adaptive_max_pool3d",
    "fractional_max_pool2d", "max_unpool2d", "_softmax", "_safe_softmax", "_log_softmax",
    "log_sigmoid_forward", "glu", "mish", "hardswish", "hardsigmoid", "hardtanh", "softshrink",
    "prelu", "_prelu_kernel", "rrelu_with_noise", "native_dropout", "upsample_nearest1d",
    "upsample_nearest2d", "upsample_nearest3d", "_upsample_nearest_exact1d",
    "_upsample_nearest_exact2d", "_upsample_nearest_exact3d", "upsample_linear1d",
    "upsample_bilinear2d", "upsample_bicubic2d", "upsample_trilinear3d",
    "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa", "grid_sampler_2d", "grid_sampler_3d",
    "roi_align", "roi_pool", "cumsum", "cumprod", "logcumsumexp", "linalg_vector_norm", "norm",
    "_weight_norm_interface", "renorm", "quantize_per_tensor", "dequantize", "nll_loss_forward",
    "nll_loss2d_forward", "mse_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "var_mean", "std_mean", "aminmax", "median", "nanmedian", "mode", "kthvalue", "max", "min",
    "cummax", "cummin", "_cummax_helper", "_cummin_helper", "floor_divide", "masked_fill",
    "complex", "polar", "binary_cross_entropy_with_logits", "logsumexp",
    "fractional_max_pool3d", "max_unpool3d", "soft_margin_loss", "multi_margin_loss",
    "multilabel_margin_loss_forward", "linalg_cross", "trace", "dist", "rsub", "allclose",
    "embedding_renorm", "_upsample_lanczos2d_aa",
)  # fmt: skip

# Gradients of the above: each element of the gradient that is written first.
BACKWARDS = (
    "native_batch_norm_backward", "native_layer_norm_backward", "native_group_norm_backward",
    "_fused_rms_norm_backward", "max_pool2d_with_indices_backward",
    "max_pool3d_with_indices_backward", "avg_pool2d_backward", "avg_pool3d_backward",
    "_adaptive_avg_pool2d_backward", "_adaptive_avg_pool3d_backward",
    "adaptive_max_pool2d_backward", "_softmax_backward_data", "_log_softmax_backward_data",
    "log_sigmoid_backward", "glu_backward", "native_dropout_backward", "threshold_backward",
    "hardtanh_backward", "elu_backward", "hardswish_backward", "hardsigmoid_backward",
    "leaky_relu_backward", "softplus_backward", "reflection_pad2d_backward",
    "replication_pad2d_backward", "upsample_linear1d_backward", "upsample_trilinear3d_backward",
    "adaptive_max_pool3d_backward", "fractional_max_pool2d_backward", "_prelu_kernel_backward",
    "upsample_nearest2d_backward", "upsample_bilinear2d_backward",
    "upsample_bicubic2d_backward", "grid_sampler_2d_backward", "nll_loss_backward",
    "mse_loss_backward", "_weight_norm_interface_backward", "batch_norm_backward",
    "cudnn_batch_norm_backward", "miopen_batch_norm_backward", "hardshrink_backward",
    "softshrink_backward", "rrelu_with_noise_backward", "mish_backward",
    "reflection_pad1d_backward", "reflection_pad3d_backward", "replication_pad1d_backward",
    "replication_pad3d_backward", "fractional_max_pool3d_backward",
    "upsample_nearest1d_backward", "upsample_nearest3d_backward",
    "_upsample_nearest_exact1d_backward", "_upsample_nearest_exact2d_backward",
    "_upsample_nearest_exact3d_backward", "_upsample_bilinear2d_aa_backward",
    "_upsample_bicubic2d_aa_backward", "_upsample_lanczos2d_aa_backward",
    "grid_sampler_3d_backward", "nll_loss2d_backward", "smooth_l1_loss_backward",
    "huber_loss_backward", "binary_cross_entropy_backward", "soft_margin_loss_backward",
    "multi_margin_loss_backward", "multilabel_margin_loss_backward",
)  # fmt: skip

# What puts elements into an order, or finds them.
ORDERING = (
    "sort", "topk", "argsort", "nonzero", "unique_dim", "_unique2", "searchsorted", "bucketize",
    "nms", "isin", "msort", "_unique", "unique_consecutive", "nonzero_static",
)  # fmt: skip

# Numbers that are drawn.
RANDOM = (
    "_sample_dirichlet", "_standard_gamma", "bernoulli", "binomial", "cauchy", "exponential",
    "geometric", "log_normal", "multinomial", "normal", "poisson", "rand", "rand_like",
    "randint", "randint_like", "randn", "randn_like", "random", "randperm", "uniform",
)  # fmt: skip

# Elements of a source are added to (or otherwise united with) those that lie at their places;
# the number says which argument has as many elements as there are steps. An overload stands
# behind a dot where only it accumulates.
ACCUMULATIONS = {
    "index_add": 3,
    "index_reduce": 3,
    "scatter_add": 2,
    "scatter_reduce": 2,
    "scatter.reduce": 2,
    "scatter.value_reduce": 2,
    "_unsafe_masked_index_put_accumulate": 3,
    "segment_reduce": 0,
    "bincount": 0,
    "histc": 0,
    "histogram": 0,
    "col2im": 0,
    "unfold_backward": 0,
    "embedding_dense_backward": 0,
}

# Elements read and written again, or written anew.
COPIES = (
    "cat", "stack", "clone", "copy", "_copy_from", "_to_copy", "constant_pad_nd",
    "reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d",
    "replication_pad2d", "replication_pad3d", "roll", "flip", "repeat", "repeat_interleave",
    "tril", "triu", "tril_indices", "triu_indices", "scatter", "masked_scatter",
    "masked_select", "index_copy", "index_fill", "im2col", "zeros", "zeros_like", "new_zeros",
    "ones", "ones_like", "new_ones", "full", "full_like", "new_full", "fill", "zero", "eye",
    "_pack_padded_sequence", "arange", "linspace", "scalar_tensor", "native_channel_shuffle",
    "channel_shuffle",
    "pixel_shuffle", "pixel_unshuffle", "unsafe_split", "unsafe_split_with_sizes",
    "split_with_sizes_copy", "diag_embed", "slice_backward", "select_backward", "one_hot",
    "slice_scatter", "select_scatter", "as_strided_scatter", "set", "rot90", "block_diag",
    "_chunk_cat", "diagonal_scatter", "diagonal_backward", "masked_scatter_backward",
    "logspace", "alias_copy", "as_strided_copy", "diagonal_copy", "expand_copy", "narrow_copy",
    "permute_copy", "squeeze_copy", "t_copy", "transpose_copy", "unbind_copy", "unfold_copy",
    "unsqueeze_copy", "view_copy",
)  # fmt: skip

# Rows taken out of a table: of the table, only what is taken is read.
LOOKUPS = (
    "embedding", "_embedding_bag", "_embedding_bag_forward_only", "index", "_unsafe_index",
    "_unsafe_masked_index", "index_select", "gather", "take",
)  # fmt: skip

# Another look at the same memory, or memory that nobody has written yet. What torch itself
# calls a view needs no entry.
VIEWS = (
    "transpose", "t", "squeeze", "unsqueeze", "swapaxes", "swapdims", "alias", "as_strided",
    "detach", "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided",
    "_reshape_alias", "_unsafe_view", "lift_fresh", "resize", "view_as_real", "view_as_complex",
    "_local_scalar_dense", "_has_same_storage_numel", "_linalg_check_errors", "is_same_size",
    "equal", "sym_size", "_assert_async",
    "_assert_tensor_metadata", "record_stream", "_record_function_enter_new",
    "_record_function_exit", "empty_permuted", "resize_as", "_efficientzerotensor",
)  # fmt: skip
