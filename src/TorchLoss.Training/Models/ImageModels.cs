namespace TorchLoss.Training;

/// <summary>Small convolutional nets. The same seed gives the same weights; torch's generators are left at a place it decides.</summary>
public static class ImageModels
{
    /// <summary>Two layers of 3x3 filters with ReLU, the largest of each 2x2 pixels, dropout, one linear layer.</summary>
    /// <param name="side">Height and width of the images, even.</param>
    /// <param name="classes">The width of the output.</param>
    /// <param name="filters">Filters of the first layer; the second has twice as many.</param>
    /// <param name="dropout">The share of features left out in training, from 0 to less than 1.</param>
    /// <param name="seed">Decides the initial weights.</param>
    /// <returns>Takes grey images as rows (n, side · side), gives scores (n, classes).</returns>
    public static nn.Module<Tensor, Tensor> Classifier(
        int side,
        int classes,
        int filters = 16,
        double dropout = 0.25,
        long seed = 0
    )
    {
        if (side < 2 || side % 2 != 0 || classes < 1 || filters < 1)
            throw new ArgumentException(
                $"images need an even side, classes and filters at least 1: {side}, {classes}, {filters}"
            );
        return Classifier(new ImageForm(1, side, side), classes, filters, dropout, seed);
    }

    /// <summary>The same net for images of any form.</summary>
    /// <param name="images">The form of the images, 2 x 2 pixels or more.</param>
    /// <param name="classes">The width of the output.</param>
    /// <param name="filters">Filters of the first layer; the second has twice as many.</param>
    /// <param name="dropout">The share of features left out in training, from 0 to less than 1.</param>
    /// <param name="seed">Decides the initial weights.</param>
    /// <returns>Takes images (n, channels, height, width) or their rows (n, channels · height · width), gives scores (n, classes).</returns>
    public static nn.Module<Tensor, Tensor> Classifier(
        ImageForm images,
        int classes,
        int filters = 16,
        double dropout = 0.25,
        long seed = 0
    )
    {
        var (channels, height, width) = images;
        if (channels < 1 || height < 2 || width < 2 || classes < 1 || filters < 1)
            throw new ArgumentException(
                $"images need 2 x 2 pixels, channels, classes and filters at least 1: {images}, {classes}, {filters}"
            );
        using var generator = manual_seed(seed);
        return nn.Sequential(
            ("row", nn.Flatten()),
            ("image", nn.Unflatten(1, [channels, height, width])),
            ("conv0", nn.Conv2d(channels, filters, 3, padding: 1)),
            ("relu0", nn.ReLU()),
            ("conv1", nn.Conv2d(filters, 2 * filters, 3, padding: 1)),
            ("relu1", nn.ReLU()),
            ("pool", nn.MaxPool2d(2)),
            ("flat", nn.Flatten()),
            ("dropout", nn.Dropout(dropout)),
            ("linear", nn.Linear(2L * filters * (height / 2) * (width / 2), classes))
        );
    }

    /// <summary>3x3 filters with batch norm and ReLU, whose taps lie 1, 2, 4, ... pixels apart, so that each pixel is judged by a wide neighbourhood.</summary>
    /// <remarks>Source of the widening taps: Yu and Koltun 2016, arXiv:1511.07122.</remarks>
    /// <param name="filters">Filters of each layer.</param>
    /// <param name="layers">How many layers; the neighbourhood is 2^(layers + 1) - 1 pixels wide.</param>
    /// <param name="seed">Decides the initial weights.</param>
    /// <returns>Takes grey images (n, 1, h, w), gives a logit for each pixel (n, 1, h, w).</returns>
    public static nn.Module<Tensor, Tensor> Segmenter(int filters = 8, int layers = 3, long seed = 0)
    {
        if (filters < 1 || layers < 1)
            throw new ArgumentException($"filters and layers must be at least 1: {filters}, {layers}");
        using var generator = manual_seed(seed);
        var all = new List<(string, nn.Module<Tensor, Tensor>)>();
        for (var i = 0; i < layers; i++)
        {
            var apart = 1L << i;
            all.Add(($"conv{i}", nn.Conv2d(i == 0 ? 1 : filters, filters, 3, padding: apart, dilation: apart)));
            all.Add(($"norm{i}", nn.BatchNorm2d(filters)));
            all.Add(($"relu{i}", nn.ReLU()));
        }
        all.Add(("pixel", nn.Conv2d(filters, 1, 1)));
        return nn.Sequential(all);
    }
}
