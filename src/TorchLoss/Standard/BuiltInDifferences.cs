using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>How a loss of TorchSharp stands to PyTorch's definition.</summary>
public enum BuiltInVerdict
{
    /// <summary>Same values and gradients.</summary>
    Agrees,

    /// <summary>Other values, gradients or state for the same call.</summary>
    Differs,

    /// <summary>Something that PyTorch's has cannot be asked for.</summary>
    MissingParameter,

    /// <summary>A wrong input corrupts memory, ends the process or passes unnoticed, or memory is never given back.</summary>
    Unsafe,

    /// <summary>Infinite, NaN or without digits where the true value is an ordinary number.</summary>
    NumericallyWeaker,
}

/// <summary>One thing to know about a loss of TorchSharp 0.107.</summary>
/// <param name="Loss">Its name, which is that of the loss here.</param>
/// <param name="Verdict">How it stands to PyTorch's definition.</param>
/// <param name="Text">What differs, with figures: first those of TorchSharp, then those of PyTorch's definition.</param>
/// <param name="Repro">C# that shows it, under <c>using static TorchSharp.torch;</c></param>
public sealed record BuiltInDifference(string Loss, BuiltInVerdict Verdict, string Text, string Repro)
{
    /// <summary>The same with the loss of this library; null where the repro is not to be run.</summary>
    public string? Twin { get; init; }

    /// <summary>Runs the repro; null where it would end the process.</summary>
    public Func<Tensor>? RunBuiltIn { get; init; }

    /// <summary>Runs the twin.</summary>
    public Func<Tensor>? RunTwin { get; init; }
}

/// <summary>Where TorchSharp's losses differ from PyTorch's definitions. The tests run every repro and look for its figures in the text.</summary>
public static class BuiltInDifferences
{
    /// <summary>All that is known, by loss.</summary>
    public static IReadOnlyList<BuiltInDifference> All { get; } =
    [
        Keeps(
            "BCELoss",
            () => tensor(nn.BCELoss(ones(2)).state_dict().Count),
            () => tensor(new BCELoss(ones(2)).state_dict().Count)
        ),
        Keeps(
            "BCEWithLogitsLoss",
            () => tensor(nn.BCEWithLogitsLoss(ones(2)).state_dict().Count),
            () => tensor(new BCEWithLogitsLoss(ones(2)).state_dict().Count)
        ),
        Shown(
            "BCEWithLogitsLoss",
            BuiltInVerdict.NumericallyWeaker,
            "A confident right answer for label 0 loses its digits in float32: logit -20 costs 0 instead of 2.06115E-09.",
            () => nn.functional.binary_cross_entropy_with_logits(tensor(new[] { -20f }), zeros(1)),
            () => Functional.binary_cross_entropy_with_logits(tensor(new[] { -20f }), zeros(1))
        ),
        Shown(
            "CTCLoss",
            BuiltInVerdict.Unsafe,
            "Labels are not checked: label -1 reads memory before its row and gives a loss of 2.27419 here; this library refuses it.",
            () =>
                nn.functional.ctc_loss(
                    zeros(5, 1, 3).log_softmax(2),
                    tensor(new[] { -1L }).view(1, 1),
                    tensor(new[] { 5L }),
                    tensor(new[] { 1L })
                ),
            () =>
                Functional.ctc_loss(
                    zeros(5, 1, 3).log_softmax(2),
                    tensor(new[] { -1L }).view(1, 1),
                    tensor(new[] { 5L }),
                    tensor(new[] { 1L })
                )
        ),
        Told(
            "CTCLoss",
            BuiltInVerdict.Unsafe,
            "A label equal to the number of classes reads and writes outside of the tensors: a loss of 6.25136, gradients that sum to -129.379 in one run and 0.188329 in the next, or the end of the process.",
            """
            nn.functional.ctc_loss(zeros(50, 16, 20).log_softmax(2), full([16, 30], 20, dtype: int64), full([16], 50, dtype: int64), full([16], 20, dtype: int64))
            """
        ),
        Shown(
            "CTCLoss",
            BuiltInVerdict.MissingParameter,
            "Half precision is not implemented on the CPU; here it is computed in float32 (4.94385).",
            () =>
                nn.functional.ctc_loss(
                    zeros(5, 2, 3).log_softmax(2).to(float16),
                    zeros(2, 0, dtype: int64),
                    tensor(new[] { 5L, 4L }),
                    zeros(2, dtype: int64)
                ),
            () =>
                Functional.ctc_loss(
                    zeros(5, 2, 3).log_softmax(2).to(float16),
                    zeros(2, 0, dtype: int64),
                    tensor(new[] { 5L, 4L }),
                    zeros(2, dtype: int64)
                )
        ),
        Shown(
            "CosineEmbeddingLoss",
            BuiltInVerdict.NumericallyWeaker,
            "The squared lengths are multiplied in float32: two equal vectors of length 1e10 get cosine 0 and loss 1 instead of 0.",
            () => nn.functional.cosine_embedding_loss(full([1, 1], 1e10f), full([1, 1], 1e10f), ones(1)),
            () => Functional.cosine_embedding_loss(full([1, 1], 1e10f), full([1, 1], 1e10f), ones(1))
        ),
        Shown(
            "CosineEmbeddingLoss",
            BuiltInVerdict.NumericallyWeaker,
            "In float16 the 1e-12 under the root is 0: a zero vector gives NaN instead of 1.",
            () => nn.functional.cosine_embedding_loss(zeros(1, 2).half(), ones(1, 2).half(), ones(1).half()),
            () => Functional.cosine_embedding_loss(zeros(1, 2).half(), ones(1, 2).half(), ones(1).half())
        ),
        Shown(
            "CrossEntropyLoss",
            BuiltInVerdict.MissingParameter,
            "The factory nn.CrossEntropyLoss has no label_smoothing: 2.40761, while smoothing 0.1 makes it 2.30761.",
            () => nn.CrossEntropyLoss().call(tensor(new[] { 1f, 2f, 3f }), tensor(0L)),
            () => new CrossEntropyLoss(label_smoothing: 0.1).call(tensor(new[] { 1f, 2f, 3f }), tensor(0L))
        ),
        Keeps(
            "CrossEntropyLoss",
            () => tensor(nn.CrossEntropyLoss(ones(2)).state_dict().Count),
            () => tensor(new CrossEntropyLoss(ones(2)).state_dict().Count)
        ),
        Shown(
            "CrossEntropyLoss",
            BuiltInVerdict.NumericallyWeaker,
            "With label smoothing float16 sums before it divides: infinity instead of 2.48491 for 20000 samples of 12 equal logits.",
            () =>
                nn.functional.cross_entropy(zeros(20000, 12).half(), zeros(20000, dtype: int64), label_smoothing: 0.1),
            () => Functional.cross_entropy(zeros(20000, 12).half(), zeros(20000, dtype: int64), label_smoothing: 0.1)
        ),
        Shown(
            "GaussianNLLLoss",
            BuiltInVerdict.Differs,
            "The dimensions of a sample are added up, not averaged: 4.53972 instead of 1.51324; reduction None gives one number a sample.",
            () =>
                nn.functional.gaussian_nll_loss(
                    tensor(
                        new[,]
                        {
                            { 1.0, 2.0, 3.0 },
                        }
                    ),
                    zeros(1, 3),
                    full([1, 3], 2.0)
                ),
            () =>
                Functional.gaussian_nll_loss(
                    tensor(
                        new[,]
                        {
                            { 1.0, 2.0, 3.0 },
                        }
                    ),
                    zeros(1, 3),
                    full([1, 3], 2.0)
                )
        ),
        Shown(
            "GaussianNLLLoss",
            BuiltInVerdict.Differs,
            "The variance gets no gradient, so a model never learns it: 0 instead of 0.25 (input and target 0, variance 2).",
            () => GradientBy(v => nn.functional.gaussian_nll_loss(zeros(1, 1), zeros(1, 1), v), full([1, 1], 2f)),
            () => GradientBy(v => Functional.gaussian_nll_loss(zeros(1, 1), zeros(1, 1), v), full([1, 1], 2f))
        ),
        Shown(
            "GaussianNLLLoss",
            BuiltInVerdict.Differs,
            "The module's lower bound of the variance is 1e-8, not 1e-6: at variance 1e-7 a perfect prediction costs -8.05905 instead of -6.90776.",
            () => nn.GaussianNLLLoss().call(zeros(1, 1), zeros(1, 1), full([1, 1], 1e-7f)),
            () => new GaussianNLLLoss().call(zeros(1, 1), zeros(1, 1), full([1, 1], 1e-7f))
        ),
        Shown(
            "GaussianNLLLoss",
            BuiltInVerdict.Unsafe,
            "Shapes are not checked: input (5, 1) and target (5, 3) broadcast without a word, to 1.5; this library refuses them.",
            () => nn.functional.gaussian_nll_loss(ones(5, 1), zeros(5, 3), ones(5, 1)),
            () => Functional.gaussian_nll_loss(ones(5, 1), zeros(5, 3), ones(5, 1))
        ),
        Shown(
            "HingeEmbeddingLoss",
            BuiltInVerdict.Differs,
            "The function's default margin is 0 instead of 1, so dissimilar pairs are never pushed apart: 0 instead of 0.7.",
            () => nn.functional.hinge_embedding_loss(tensor(new[] { 0.3 }), tensor(new[] { -1.0 })),
            () => Functional.hinge_embedding_loss(tensor(new[] { 0.3 }), tensor(new[] { -1.0 }))
        ),
        Shown(
            "HuberLoss",
            BuiltInVerdict.MissingParameter,
            "There is no weight: 0.5 for every element, while weight 3 makes it 1.5.",
            () => nn.functional.huber_loss(ones(1), zeros(1)),
            () => Functional.huber_loss(ones(1), zeros(1), weight: full([1], 3f))
        ),
        Shown(
            "KLDivLoss",
            BuiltInVerdict.Differs,
            "log_target is true by default: probabilities are taken for logarithms, 4.40864 instead of 0.143841.",
            () => nn.functional.kl_div(tensor(new[] { 0.25, 0.75 }).log(), full([2], 0.5), reduction: Reduction.Sum),
            () => Functional.kl_div(tensor(new[] { 0.25, 0.75 }).log(), full([2], 0.5), BatchReduction.Sum)
        ),
        Shown(
            "KLDivLoss",
            BuiltInVerdict.MissingParameter,
            "There is no batchmean, the mean divergence of a sample: 0.0719205 per element instead of 0.143841 per sample.",
            () =>
                nn.functional.kl_div(
                    tensor(
                            new[,]
                            {
                                { 0.25, 0.75 },
                            }
                        )
                        .log(),
                    full([1, 2], 0.5),
                    log_target: false
                ),
            () =>
                Functional.kl_div(
                    tensor(
                            new[,]
                            {
                                { 0.25, 0.75 },
                            }
                        )
                        .log(),
                    full([1, 2], 0.5),
                    BatchReduction.BatchMean
                )
        ),
        Shown(
            "KLDivLoss",
            BuiltInVerdict.NumericallyWeaker,
            "A class that is impossible on both sides gives NaN instead of 0.",
            () => nn.functional.kl_div(zeros(1).log(), zeros(1), log_target: false),
            () => Functional.kl_div(zeros(1).log(), zeros(1))
        ),
        Shown(
            "L1Loss",
            BuiltInVerdict.MissingParameter,
            "There is no weight: 2 as the mean of 1 and 3, while weights 3 and 1 make it 1.5.",
            () => nn.functional.l1_loss(tensor(new[] { 1f, 3f }), zeros(2)),
            () => Functional.l1_loss(tensor(new[] { 1f, 3f }), zeros(2), weight: tensor(new[] { 3f, 1f }))
        ),
        Shown(
            "MSELoss",
            BuiltInVerdict.MissingParameter,
            "There is no weight: 5 as the mean of 1 and 9, while weights 3 and 1 make it 3.",
            () => nn.functional.mse_loss(tensor(new[] { 1f, 3f }), zeros(2)),
            () => Functional.mse_loss(tensor(new[] { 1f, 3f }), zeros(2), weight: tensor(new[] { 3f, 1f }))
        ),
        Shown(
            "MSELoss",
            BuiltInVerdict.NumericallyWeaker,
            "Half precision stays half precision in the result: the sum of 100000 ones is infinity instead of 100000, as in every loss.",
            () => nn.functional.mse_loss(ones(100000).half(), zeros(100000).half(), Reduction.Sum),
            () => Functional.mse_loss(ones(100000).half(), zeros(100000).half(), Reduction.Sum)
        ),
        Shown(
            "MarginRankingLoss",
            BuiltInVerdict.Agrees,
            "Values and gradients agree: 2.",
            () => nn.functional.margin_ranking_loss(ones(1), zeros(1), full([1], -1f), margin: 1),
            () => Functional.margin_ranking_loss(ones(1), zeros(1), full([1], -1f), margin: 1)
        ),
        Shown(
            "MultiLabelMarginLoss",
            BuiltInVerdict.NumericallyWeaker,
            "A NaN score is skipped and hides a broken model: 0.475 instead of NaN. There is no second derivative and no half precision either.",
            () =>
                nn.functional.multi_label_margin_loss(
                    tensor(new[] { 0.1, double.NaN, 0.4, 0.8 }),
                    tensor(new[] { 3L, 0L, -1L, 1L })
                ),
            () =>
                Functional.multilabel_margin_loss(
                    tensor(new[] { 0.1, double.NaN, 0.4, 0.8 }),
                    tensor(new[] { 3L, 0L, -1L, 1L })
                )
        ),
        Keeps(
            "MultiLabelSoftMarginLoss",
            () => tensor(nn.MultiLabelSoftMarginLoss(ones(2)).state_dict().Count),
            () => tensor(new MultiLabelSoftMarginLoss(ones(2)).state_dict().Count)
        ),
        Shown(
            "MultiMarginLoss",
            BuiltInVerdict.NumericallyWeaker,
            "A NaN score is skipped and hides a broken model: 0.225 instead of NaN. There is no second derivative and no half precision either.",
            () => nn.functional.multi_margin_loss(tensor(new[] { 0.1, double.NaN, 0.4, 0.8 }), tensor(3L)),
            () => Functional.multi_margin_loss(tensor(new[] { 0.1, double.NaN, 0.4, 0.8 }), tensor(3L))
        ),
        Told(
            "MultiMarginLoss",
            BuiltInVerdict.Unsafe,
            "The mean of an empty batch is whatever the memory held (1.0457E-13 in one run) instead of NaN.",
            "nn.functional.multi_margin_loss(zeros(0, 3), zeros(0, dtype: int64))"
        ),
        Keeps(
            "MultiMarginLoss",
            () => tensor(nn.MultiMarginLoss(weight: ones(2)).state_dict().Count),
            () => tensor(new MultiMarginLoss(weight: ones(2)).state_dict().Count)
        ),
        Shown(
            "NLLLoss",
            BuiltInVerdict.MissingParameter,
            "There is no ignore_index: class 0 cannot be left out, 1.5 instead of 2.",
            () =>
                nn.functional.nll_loss(
                    tensor(
                        new[,]
                        {
                            { -1.0, -2.0 },
                            { -1.0, -2.0 },
                        }
                    ),
                    tensor(new[] { 0L, 1L })
                ),
            () =>
                Functional.nll_loss(
                    tensor(
                        new[,]
                        {
                            { -1.0, -2.0 },
                            { -1.0, -2.0 },
                        }
                    ),
                    tensor(new[] { 0L, 1L }),
                    ignore_index: 0
                )
        ),
        Shown(
            "NLLLoss",
            BuiltInVerdict.MissingParameter,
            "A single sample (C) with target () is refused; PyTorch takes it: 2.",
            () => nn.functional.nll_loss(tensor(new[] { -1.0, -2.0 }), tensor(1L)),
            () => Functional.nll_loss(tensor(new[] { -1.0, -2.0 }), tensor(1L))
        ),
        Keeps(
            "NLLLoss",
            () => tensor(nn.NLLLoss(ones(2)).state_dict().Count),
            () => tensor(new NLLLoss(ones(2)).state_dict().Count)
        ),
        Shown(
            "PoissonNLLLoss",
            BuiltInVerdict.Differs,
            "With log_input: false the eps is lost on its way to native code: a rate of 0 for a count of 1 costs 723.889 instead of 18.4207.",
            () => nn.functional.poisson_nll_loss(tensor(new[] { 0.0 }), tensor(new[] { 1.0 }), log_input: false),
            () => Functional.poisson_nll_loss(tensor(new[] { 0.0 }), tensor(new[] { 1.0 }), log_input: false)
        ),
        Shown(
            "PoissonNLLLoss",
            BuiltInVerdict.Differs,
            "The same in float32: infinity instead of 18.4207.",
            () => nn.functional.poisson_nll_loss(zeros(1), ones(1), log_input: false),
            () => Functional.poisson_nll_loss(zeros(1), ones(1), log_input: false)
        ),
        Shown(
            "SmoothL1Loss",
            BuiltInVerdict.Agrees,
            "Values and gradients agree: 1.5.",
            () => nn.functional.smooth_l1_loss(full([1], 2f), zeros(1)),
            () => Functional.smooth_l1_loss(full([1], 2f), zeros(1))
        ),
        Shown(
            "SoftMarginLoss",
            BuiltInVerdict.NumericallyWeaker,
            "exp overflows float32: a score of -89 for label 1 costs infinity instead of 89.",
            () => nn.functional.soft_margin_loss(tensor(new[] { -89f }), ones(1)),
            () => Functional.soft_margin_loss(tensor(new[] { -89f }), ones(1))
        ),
        Shown(
            "SoftMarginLoss",
            BuiltInVerdict.NumericallyWeaker,
            "Its gradient there is NaN instead of -1, and so are all weights after one step.",
            () => GradientBy(x => nn.functional.soft_margin_loss(x, ones(1)), tensor(new[] { -89f })),
            () => GradientBy(x => Functional.soft_margin_loss(x, ones(1)), tensor(new[] { -89f }))
        ),
        Shown(
            "TripletMarginLoss",
            BuiltInVerdict.MissingParameter,
            "The power is an integer: at p = 1 the distance of (1, 1) gives 3, the power 1.5 in between cannot be asked for (2.5874).",
            () => nn.functional.triplet_margin_loss(ones(1, 2), zeros(1, 2), ones(1, 2), p: 1, eps: 0),
            () => Functional.triplet_margin_loss(ones(1, 2), zeros(1, 2), ones(1, 2), p: 1.5, eps: 0)
        ),
        Shown(
            "TripletMarginLoss",
            BuiltInVerdict.NumericallyWeaker,
            "Powers overflow: at p = 10 coordinates of 1e5 give NaN in float32 instead of 1.",
            () => nn.functional.triplet_margin_loss(full([1, 2], 1e5f), zeros(1, 2), zeros(1, 2), p: 10),
            () => Functional.triplet_margin_loss(full([1, 2], 1e5f), zeros(1, 2), zeros(1, 2), p: 10)
        ),
        Told(
            "TripletMarginWithDistanceLoss",
            BuiltInVerdict.Unsafe,
            "An exception in the distance, or null as its result, ends the process (exit code 134); here it reaches the caller.",
            "nn.functional.triplet_margin_with_distance_loss(ones(2, 3), ones(2, 3), ones(2, 3), (a, b) => throw new InvalidOperationException())"
        ),
        Told(
            "TripletMarginWithDistanceLoss",
            BuiltInVerdict.Unsafe,
            "Outside of a dispose scope the tensors that the distance gets and returns are never freed: 6 each call.",
            "nn.functional.triplet_margin_with_distance_loss(ones(2, 3), ones(2, 3), ones(2, 3), (a, b) => (a - b).square().sum(-1)).Dispose()"
        ),
    ];

    /// <summary>What is known of one loss.</summary>
    public static IEnumerable<BuiltInDifference> Of(string loss) => All.Where(d => d.Loss == loss);

    /// <summary>The gradient of f(x).sum() by x; 0 where it has none.</summary>
    static Tensor GradientBy(Func<Tensor, Tensor> f, Tensor x)
    {
        x.requires_grad_();
        var value = f(x);
        if (value.requires_grad)
        {
            value.sum().backward();
        }

        return x.grad ?? zeros_like(x);
    }

    static BuiltInDifference Shown(
        string loss,
        BuiltInVerdict verdict,
        string text,
        Func<Tensor> builtIn,
        Func<Tensor> twin,
        [CallerArgumentExpression(nameof(builtIn))] string builtInCode = "",
        [CallerArgumentExpression(nameof(twin))] string twinCode = ""
    ) =>
        new(loss, verdict, text, Bare(builtInCode))
        {
            Twin = Bare(twinCode),
            RunBuiltIn = builtIn,
            RunTwin = twin,
        };

    /// <summary>The class weights of all weighted losses: 0 tensors in the state_dict instead of 1.</summary>
    static BuiltInDifference Keeps(
        string loss,
        Func<Tensor> builtIn,
        Func<Tensor> twin,
        [CallerArgumentExpression(nameof(builtIn))] string builtInCode = "",
        [CallerArgumentExpression(nameof(twin))] string twinCode = ""
    ) =>
        Shown(
            loss,
            BuiltInVerdict.Differs,
            "The weight is no buffer: .to() leaves it where it is, and the state_dict has 0 tensors instead of 1.",
            builtIn,
            twin,
            builtInCode,
            twinCode
        );

    static BuiltInDifference Told(string loss, BuiltInVerdict verdict, string text, string code) =>
        new(loss, verdict, text, code.Trim());

    /// <summary>A lambda's body on one line.</summary>
    static string Bare(string lambda) =>
        string.Join(" ", lambda.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Replace("() => ", "", StringComparison.Ordinal)
            .Replace("( ", "(", StringComparison.Ordinal)
            .Replace(" )", ")", StringComparison.Ordinal);
}
