namespace TorchLoss;

/// <summary>A loss of images and texts that belong together row by row, with a learned scale and bias of their products.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ImageTextLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("image_features", "N D", Role.Embedding),
        new("text_features", "N D", Role.Embedding),
        new("logit_scale", "", Role.Positive),
        new("logit_bias", "", Role.Prediction) { Optional = true },
    ];

    /// <summary>Refuses what is no such batch and brings all to one type, float32 for half precision.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="image_features">Images (N, D).</param>
    /// <param name="text_features">Texts (N, D).</param>
    /// <param name="logit_scale">One number.</param>
    /// <param name="logit_bias">One number, or null.</param>
    protected static (Tensor Images, Tensor Texts, Tensor Scale, Tensor? Bias) Batch(
        string loss,
        Tensor image_features,
        Tensor text_features,
        Tensor logit_scale,
        Tensor? logit_bias
    )
    {
        EmbeddingCheck.Rows(image_features, loss);
        InputCheck.Floating(text_features, loss);
        InputCheck.SameShape(text_features, image_features, loss);
        InputCheck.SameDevice(text_features, image_features, loss);
        var images = image_features.Upcast();
        Tensor Number(Tensor number, string name)
        {
            InputCheck.Floating(number, loss, name);
            InputCheck.SameDevice(number, image_features, loss, name);
            return number.numel() == 1
                ? number.to(images.dtype).view([])
                : throw new ArgumentException($"{loss}: {name} must be one number, got {number.Shape}.", name);
        }

        return (
            images,
            text_features.to(images.dtype),
            Number(logit_scale, nameof(logit_scale)),
            logit_bias is null ? null : Number(logit_bias, nameof(logit_bias))
        );
    }
}
