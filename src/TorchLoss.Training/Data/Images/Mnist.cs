using System.Globalization;

namespace TorchLoss.Training;

/// <summary>
/// The MNIST database of handwritten digits (LeCun, Cortes and Burges), and what is distributed in its files (Fashion-MNIST, KMNIST), from
/// a folder: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, and where they are there <c>t10k-...</c>, which are then
/// held back; each also as .gz.
/// </summary>
public static class Mnist
{
    const string Train = "train";
    const string Test = "t10k";

    /// <summary>Whether a folder, or its raw or MNIST/raw as torchvision makes them, holds these files; also a path of one of them.</summary>
    public static bool IsAt(string path) => Folder(path) is not null;

    /// <summary>Reads the files.</summary>
    /// <param name="path">The folder, or one of the files.</param>
    /// <param name="options">Limits the bytes; size and colour are those of the files.</param>
    /// <exception cref="DataFileException">They are missing, damaged, or do not belong together.</exception>
    public static ImageData Load(string path, ImageOptions? options = null)
    {
        var most = (options ?? new()).MaxBytes;
        var folder = Folder(path) ?? throw new DataFileException(path, 0, "holds no train-images-idx3-ubyte[.gz]");
        var train = Part(folder, Train, most);
        var test = Find(folder, Test, "images", 3) is null ? null : Part(folder, Test, most);
        if (test is not null && !test.Sizes[1..].SequenceEqual(train.Sizes[1..]))
            throw new DataFileException(folder, 0, "the images of the two parts have other sizes");
        byte[] labels = [.. train.Labels, .. test?.Labels ?? []];
        var classes = train.Labels.Max() + 1;
        if (classes < 2 || labels.Max() >= classes)
            throw new DataFileException(folder, 0, "the labels are one class only, or some are never learnt");
        var count = train.Labels.Length;
        return new(
            Path.GetFileName(folder),
            [.. Enumerable.Range(0, classes).Select(label => label.ToString(CultureInfo.InvariantCulture))],
            Array.ConvertAll(labels, label => (int)label),
            test is null
                ? null
                : new([.. Enumerable.Range(0, count)], [.. Enumerable.Range(count, test.Labels.Length)]),
            new(1, train.Sizes[1], train.Sizes[2]),
            test is null ? train.Pixels : [.. train.Pixels, .. test.Pixels]
        );
    }

    static Files Part(string folder, string part, long most)
    {
        var images = Find(folder, part, "images", 3)!;
        var labels =
            Find(folder, part, "labels", 1)
            ?? throw new DataFileException(folder, 0, $"there is no {part}-labels-idx1-ubyte[.gz] beside the images");
        var (sizes, pixels) = IdxFile.Read(images, 3, most);
        var (counts, classes) = IdxFile.Read(labels, 1, most);
        return counts[0] == sizes[0]
            ? new(sizes, pixels, classes)
            : throw new DataFileException(labels, 0, $"{counts[0]} labels for {sizes[0]} images");
    }

    static string? Folder(string path)
    {
        string?[] candidates =
        [
            path,
            Path.Combine(path, "raw"),
            Path.Combine(path, "MNIST", "raw"),
            File.Exists(path) && path.Contains("-idx", StringComparison.Ordinal)
                ? Path.GetDirectoryName(Path.GetFullPath(path))
                : null,
        ];
        return candidates
            .OfType<string>()
            .Where(folder => Directory.Exists(folder) && Find(folder, Train, "images", 3) is not null)
            .Select(Path.GetFullPath)
            .Select(Path.TrimEndingDirectorySeparator)
            .FirstOrDefault();
    }

    static string? Find(string folder, string part, string what, int dimensions) =>
        new[] { "-", "." }
            .SelectMany(dash => new[] { "", ".gz" }.Select(end => $"{part}-{what}{dash}idx{dimensions}-ubyte{end}"))
            .Select(name => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    sealed record Files(int[] Sizes, byte[] Pixels, byte[] Labels);
}
