namespace TorchLoss;

/// <summary>Which views are anchors.</summary>
public enum ContrastMode
{
    /// <summary>All views.</summary>
    All,

    /// <summary>The first view of each sample.</summary>
    One,
}

/// <summary>Supervised contrastive loss of several views of each sample, as its authors published it.</summary>
/// <remarks>
/// For anchor a with positives P, all views of samples of its class but itself,
/// <c>ℓ = −(T/T_base) · 1/|P| Σ_{p∈P} [ s_ap/T − log Σ_{j≠a} exp(s_aj/T) ]</c> in nats, j over all other views of the batch. It differs
/// from <see cref="SupConLoss"/> in three ways: features are taken as they are (scale them to length 1 before), the factor
/// T/T_base, and the mean over all anchors, those without a positive counting 0. Without labels and mask, the positives are the
/// other views of the same sample, as in SimCLR. Shapes: features (B, V, D), further dimensions are flattened into D;
/// labels (B) or mask (B, B) → one value.
/// <para>Products go through in blocks of anchors where there are many: memory then grows with a block and not with (B V)².</para>
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\frac{T}{T_{base}}\frac{1}{|P|} \sum_{p \in P} \log\frac{e^{s_{ap}/T}}{\sum_{j \neq a} e^{s_{aj}/T}}",
    Source = "Khosla, Teterwak, Wang, Sarna, Tian, Isola, Maschinot, Liu and Krishnan 2020, Supervised Contrastive Learning, arXiv:2004.11362, eq. (2)",
    Function = "supcon_multi_view_loss"
)]
public sealed partial class SupConMultiViewLoss : LossModule1
{
    const string Name = nameof(SupConMultiViewLoss);

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("features", "B V *", Role.Embedding),
        new("labels", "B", Role.Label) { Optional = true },
        new("mask", "B B", Role.Weight) { Optional = true },
    ];

    /// <param name="features">Features (B, V, D) of V views of B samples.</param>
    /// <param name="labels">The class of each sample, int64.</param>
    /// <param name="mask">How much sample j is a positive of sample i, at least 0; need not be symmetric. Instead of labels.</param>
    /// <param name="temperature">Temperature T: the smaller, the more only the closest views count.</param>
    /// <param name="contrast_mode">Which views are anchors.</param>
    /// <param name="base_temperature">The temperature T_base at which the loss is not rescaled.</param>
    /// <param name="block_size">How many anchors' products are in memory at a time; 0 chooses. The loss is the same.</param>
    static Tensor Compute(
        Tensor features,
        [Input] Tensor? labels = null,
        [Input] Tensor? mask = null,
        [Positive] double temperature = 0.07,
        ContrastMode contrast_mode = ContrastMode.All,
        [Positive] double base_temperature = 0.07,
        [AtLeast(0)] long block_size = 0
    )
    {
        Check(features, labels, mask);
        var (samples, views) = (features.shape[0], features.shape[1]);
        var all = features
            .Upcast()
            .transpose(0, 1)
            .reshape(samples * views, features.shape[2..].Aggregate(1L, (a, b) => a * b));
        var classes = labels ?? arange(samples, dtype: ScalarType.Int64, device: all.device);
        var own = contrast_mode is ContrastMode.All || views == 1;
        var anchors = own ? all : all.narrow(0, 0, samples);
        var factor = temperature / base_temperature;
        if (all.numel() == 0)
        {
            return all.sum();
        }

        if (mask is null && ContrastEngine.Accepts(anchors, all))
        {
            return factor * Fused(anchors, all, classes, views, temperature, block_size);
        }

        LossShare Rows(Tensor rows, Tensor keys, IReadOnlyList<Tensor?> others, long from) =>
            Losses(rows, keys, Positives(others[0]!, others[1], views, from, rows), temperature, from);

        var height = Blockwise.Height(block_size, anchors.shape[0], all.shape[0]);
        return factor
            * (
                height == 0
                    ? Rows(anchors, all, [classes, mask], 0).Value
                    : Blockwise.Evaluate(anchors, own ? null : all, height, Rows, classes, mask)
            );
    }

    static Tensor Fused(Tensor anchors, Tensor all, Tensor classes, long views, double temperature, long block_size)
    {
        var labels = classes.contiguous().data<long>().ToArray();
        var keys = Enumerable.Repeat(labels, (int)views).SelectMany(l => l).ToArray();
        var contrast = Contrast.ByLabels(keys.AsSpan(0, (int)anchors.shape[0]), keys, skipSelf: true, joint: true);
        return ContrastEngine.Evaluate(
            anchors,
            anchors.shape[0] == all.shape[0] ? null : all,
            cosine: false,
            1 / temperature,
            contrast,
            Averaging.Mean,
            block_size,
            (inputs, others) =>
                Losses(inputs[0], inputs[^1], Positives(others[0]!, null, views, 0, inputs[0]), temperature, 0).Value,
            [classes]
        );
    }

    /// <summary>How much each view is a positive of some anchors, by their samples alone.</summary>
    static Tensor Positives(Tensor classes, Tensor? mask, long views, long from, Tensor rows)
    {
        var sample = Numbers(rows, from, rows.shape[0]).remainder(classes.shape[0]);
        var of = mask is null ? classes.index_select(0, sample).unsqueeze(1).eq(classes) : mask.index_select(0, sample);
        return of.to(rows.dtype).repeat(1, views);
    }

    /// <summary>Some anchors, of which the first is key number <paramref name="from"/>.</summary>
    static LossShare Losses(Tensor rows, Tensor keys, Tensor positives, double temperature, long from)
    {
        var scores = rows.mm(keys.t()) / temperature;
        var others = Numbers(rows, from, rows.shape[0]).unsqueeze(1).ne(Numbers(rows, 0, keys.shape[0]));
        var weights = positives * others;
        var log_p = scores - scores.LogSumExp(others, 1);
        var losses = -where(weights.ne(0), log_p * weights, zeros_like(log_p)).sum(1).SafeDivide(weights.sum(1));
        return new(losses.sum(), ones_like(losses).sum());
    }

    static Tensor Numbers(Tensor like, long from, long count) =>
        arange(from, from + count, dtype: ScalarType.Int64, device: like.device);

    static void Check(Tensor features, Tensor? labels, Tensor? mask)
    {
        InputCheck.Floating(features, Name);
        if (features.dim() < 3)
        {
            throw new ArgumentException($"{Name}: features must be (B, V, D), got {features.Shape}.", nameof(features));
        }

        if (labels is not null && mask is not null)
        {
            throw new ArgumentException($"{Name}: give labels or mask, not both.", nameof(mask));
        }

        if (labels is not null)
        {
            EmbeddingCheck.Labels(labels, features, Name);
        }

        if (mask is not null)
        {
            InputCheck.SameDevice(mask, features, Name);
            InputCheck.Dimensions(mask, 2, "(B, B)", Name);
            InputCheck.Size(mask, 0, features.shape[0], "the samples of features", Name);
            InputCheck.Size(mask, 1, features.shape[0], "the samples of features", Name);
        }
    }
}
