namespace TorchLoss.Training;

/// <summary>Images with a class each: an <see cref="ImageFolder"/> that reads files when they are needed, or <see cref="ImageData"/> in memory.</summary>
public abstract class ImageSource
{
    private protected ImageSource(
        string name,
        IReadOnlyList<string> classNames,
        IReadOnlyList<int> labels,
        Split? given,
        ImageForm form
    )
    {
        Name = name;
        ClassNames = classNames;
        Labels = labels;
        Given = given;
        Form = form;
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The classes in order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of each image by its place in <see cref="ClassNames"/>.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Which images train and which are held back, where the folder says so; else null.</summary>
    public Split? Given { get; }

    /// <summary>The form of the images.</summary>
    public ImageForm Form { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Count;

    /// <summary>Reads an image: a byte for each channel of a pixel, channel by channel, row by row.</summary>
    /// <exception cref="DataFileException">It is broken; the message names the file.</exception>
    public abstract void Read(int image, Span<byte> pixels);

    /// <summary>Makes the images ready for training: inputs of (n, channels, height, width), class indices as targets.</summary>
    /// <param name="validationShare">The share of every class that is held back, where the folder does not say which images are.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="DataFileException">No image is left for a part, or one is broken.</exception>
    public ImageTask Prepare(double validationShare = 0.2, long seed = 0)
    {
        if (Given is null && validationShare is not (> 0 and < 1))
            throw Refuse($"the validation share must lie between 0 and 1, not at {validationShare}");
        var split = Given ?? Split.ByClass(Labels, validationShare, seed);
        if (split.Train.Count == 0 || split.Validation.Count == 0)
            throw Refuse($"{Count} images are too few to hold some back");
        var scale = PixelScale.Measure(this, split.Train);
        return new(this, split, scale);
    }

    internal abstract SampleSet Set(IReadOnlyList<int> images, PixelScale scale);

    internal Tensor Targets(IReadOnlyList<int> images) =>
        tensor(images.Select(image => (long)Labels[image]).ToArray()).clone();

    internal DataFileException Refuse(string reason) => new(Name, 0, reason);
}
