using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TorchLoss.Training;

/// <summary>Images with a class each in memory, a byte for each channel of a pixel.</summary>
public sealed class ImageData : ImageSource
{
    readonly byte[] _pixels;

    internal ImageData(
        string name,
        IReadOnlyList<string> classNames,
        IReadOnlyList<int> labels,
        Split? given,
        ImageForm form,
        byte[] pixels
    )
        : base(name, classNames, labels, given, form)
    {
        if (pixels.Length != (long)labels.Count * form.Size)
            throw new ArgumentException($"{pixels.Length} bytes are not those of {labels.Count} images");
        _pixels = pixels;
        Fingerprint = Sum();
    }

    /// <summary>SHA-256 of pixels, classes and form in lower-case hexadecimal digits: the same images, the same text.</summary>
    public string Fingerprint { get; }

    /// <summary>What was decided on the way, in whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <inheritdoc/>
    public override void Read(int image, Span<byte> pixels) => Pixels(image).CopyTo(pixels);

    /// <summary>
    /// The images as rows of a table, one input for each channel of a pixel, for models that take rows: a net of linear layers, or
    /// <see cref="ImageModels.Classifier(ImageForm, int, int, double, long)"/>.
    /// </summary>
    /// <param name="options">Which part is held back; what else it says is of tables.</param>
    /// <exception cref="DataFileException">The task is a regression, or no image is left for a part.</exception>
    public TabularTask Rows(TaskOptions options)
    {
        if (options.Task == TaskKind.Regression)
            throw Refuse("images have classes; there is no number to predict");
        using var task = Prepare(options.ValidationShare, options.Seed);
        FeatureEncoding[] pixels = [.. Enumerable.Range(0, Form.Size).Select(place => Pixel(place, task.Scale))];
        var preprocessing = new Preprocessing(pixels, new ClassTarget(DataSource.ImageClass, ClassNames));
        return new(TaskKind.Classification, preprocessing, Flat(task.Train), Flat(task.Validation))
        {
            Notes = Notes,
            Images = Form,
        };
    }

    internal override SampleSet Set(IReadOnlyList<int> images, PixelScale scale)
    {
        var values = new float[checked(images.Count * Form.Size)];
        for (var i = 0; i < images.Count; i++)
            scale.Apply(Pixels(images[i]), values.AsSpan(i * Form.Size, Form.Size));
        return new TensorSet(tensor(values, [images.Count, Form.Channels, Form.Height, Form.Width]), Targets(images));
    }

    ReadOnlySpan<byte> Pixels(int image) => _pixels.AsSpan(image * Form.Size, Form.Size);

    NumberEncoding Pixel(int place, PixelScale scale)
    {
        var plane = Form.Height * Form.Width;
        var channel = place / plane;
        var (y, x) = (place % plane / Form.Width, place % Form.Width);
        var colour = Form.Channels == 1 ? "" : "rgb"[channel] + "_";
        return new($"{colour}{y}_{x}", scale.Means[channel], scale.Deviations[channel]);
    }

    static TensorSet Flat(SampleSet set)
    {
        using var scope = NewDisposeScope();
        return new(((TensorSet)set).Inputs.flatten(1).alias(), set.Targets.alias());
    }

    string Sum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var text = string.Create(CultureInfo.InvariantCulture, $"{Form}\n{string.Join('\n', ClassNames)}\n");
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join(',', Labels) + ";" + string.Join(',', Given?.Train ?? [])));
        hash.AppendData(_pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
