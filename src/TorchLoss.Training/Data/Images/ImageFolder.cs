namespace TorchLoss.Training;

/// <summary>
/// Image files in a folder for each class, <c>root/class/*.png|jpg|jpeg|bmp</c>, also deeper; or <c>root/train/class</c> and
/// <c>root/val/class</c> (or valid, validation, test). Classes and files are sorted by their names, as torchvision's ImageFolder does.
/// </summary>
/// <remarks>
/// Files are decoded when they are needed; <see cref="Load"/> decodes all of them. Numbers are those in the file: colour profiles and the
/// orientation that a camera notes (EXIF) are not applied, alpha is left out. Names that begin with a dot are skipped.
/// </remarks>
public sealed class ImageFolder : ImageSource
{
    const string TrainFolder = "train";
    static readonly string[] _validationFolders = ["val", "valid", "validation", "test"];

    readonly ImageOptions _options;

    ImageFolder(string root, Listing listing, ImageOptions options, ImageForm form)
        : base(Path.GetFileName(root), listing.Classes, listing.Labels, listing.Given, form)
    {
        Files = listing.Files;
        _options = options;
    }

    /// <summary>The files, in the order of their labels.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Lists a folder; images are only looked at where colour or size are to follow from the files.</summary>
    /// <exception cref="DataFileException">It holds no images in folders of classes, or their sizes differ.</exception>
    public static ImageFolder Open(string root, ImageOptions? options = null) =>
        Open(root, options ?? new(), sizes => OneSize(root, sizes));

    /// <summary>Decodes all images.</summary>
    /// <exception cref="DataFileException">A file is no whole image, or all together are too many.</exception>
    public ImageData Load()
    {
        if ((long)Count * Form.Size > Math.Min(_options.MaxBytes, Array.MaxLength))
            throw Refuse(
                $"{Count} images of {Form.Width} x {Form.Height} are more than {_options.MaxBytes} bytes (see ImageOptions): "
                    + "train from the folder itself, or with smaller images"
            );
        var pixels = new byte[Count * Form.Size];
        try
        {
            Parallel.For(0, Count, image => Read(image, pixels.AsSpan(image * Form.Size, Form.Size)));
        }
        catch (AggregateException e)
        {
            // The first by name, whichever thread came first.
            throw e.InnerExceptions.OfType<DataFileException>().MinBy(error => error.File, StringComparer.Ordinal)
                ?? e.InnerExceptions[0];
        }
        return new(Name, ClassNames, Labels, Given, Form, pixels) { Notes = Notes };
    }

    /// <inheritdoc/>
    public override void Read(int image, Span<byte> pixels) => ImageFile.Decode(Files[image], Form, _options, pixels);

    /// <summary>What was decided on the way.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Lists a folder for a model that takes small images: their own size where all have one up to a limit, else that limit.</summary>
    internal static ImageFolder OpenSmall(string root, int limit = 64, int otherwise = 32)
    {
        var note = $"Images are brought to {otherwise} x {otherwise} pixels.";
        var asTheyAre = false;
        var folder = Open(
            root,
            new(),
            sizes =>
            {
                asTheyAre = sizes.Count == 1 && sizes[0].Height <= limit && sizes[0].Width <= limit;
                return asTheyAre ? sizes[0] : (otherwise, otherwise);
            }
        );
        return asTheyAre
            ? folder
            : new(root, new(folder.Files, folder.Labels, folder.ClassNames, folder.Given), folder._options, folder.Form)
            {
                Notes = [note],
            };
    }

    internal override SampleSet Set(IReadOnlyList<int> images, PixelScale scale) => new Lazy(this, images, scale);

    static ImageFolder Open(
        string root,
        ImageOptions options,
        Func<IReadOnlyList<(int Height, int Width)>, (int, int)> choose
    )
    {
        if (options.Size is var (height, width) && (height < 1 || width < 1))
            throw new ArgumentException($"images must be brought to 1 x 1 pixels or more, not {width} x {height}");
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var listing = List(root);
        return new(root, listing, options, CommonForm(listing.Files, options, choose));
    }

    static ImageForm CommonForm(
        IReadOnlyList<string> files,
        ImageOptions options,
        Func<IReadOnlyList<(int Height, int Width)>, (int, int)> choose
    )
    {
        if (options.Size is { } size && options.Colour != ImageColour.Auto)
            return new(options.Colour == ImageColour.Grey ? 1 : 3, size.Height, size.Width);
        var headers = files.Select(file => ImageFile.Header(file, options)).ToArray();
        var isGrey =
            options.Colour == ImageColour.Grey
            || options.Colour == ImageColour.Auto && headers.All(header => header.IsGrey);
        var (height, width) =
            options.Size ?? choose([.. headers.Select(header => (header.Height, header.Width)).Distinct()]);
        return new(isGrey ? 1 : 3, height, width);
    }

    static (int, int) OneSize(string root, IReadOnlyList<(int Height, int Width)> sizes) =>
        sizes.Count == 1
            ? sizes[0]
            : throw new DataFileException(
                root,
                0,
                $"images have {sizes.Count} sizes, such as {sizes[0].Width} x {sizes[0].Height} and "
                    + $"{sizes[1].Width} x {sizes[1].Height}: say in ImageOptions which one they are brought to"
            );

    static Listing List(string root)
    {
        try
        {
            if (!Directory.Exists(root))
                throw new DataFileException(root, 0, "there is no such folder");
            var train = Path.Combine(root, TrainFolder);
            var held = _validationFolders.Select(name => Path.Combine(root, name)).FirstOrDefault(Directory.Exists);
            return Directory.Exists(train) && held is not null ? Parts(root, train, held) : Part(root, Folders(root));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(root, 0, $"cannot be read: {e.Message}", e);
        }
    }

    static Listing Parts(string root, string train, string held)
    {
        var classes = Folders(train);
        var (one, other) = (Part(train, classes), Part(held, Folders(held)));
        if (other.Classes.FirstOrDefault(name => !one.Classes.Contains(name)) is { } stranger)
            throw new DataFileException(root, 0, $"the class '{stranger}' is held back, but never learnt");
        var places = other.Classes.Select(name => Array.IndexOf(classes, name)).ToArray();
        var count = one.Files.Count;
        return new(
            [.. one.Files, .. other.Files],
            [.. one.Labels, .. other.Labels.Select(label => places[label])],
            classes,
            new([.. Enumerable.Range(0, count)], [.. Enumerable.Range(count, other.Files.Count)])
        );
    }

    static Listing Part(string root, string[] classes)
    {
        if (classes.Length < 2)
            throw new DataFileException(
                root,
                0,
                $"has {classes.Length} folders, but every class needs one: root/class/image.png"
            );
        var files = classes.Select(name => Images(Path.Combine(root, name))).ToArray();
        if (Array.FindIndex(files, list => list.Length == 0) is >= 0 and var empty)
            throw new DataFileException(root, 0, $"the folder '{classes[empty]}' holds no PNG, JPEG or BMP file");
        return new(
            [.. files.SelectMany(list => list)],
            [.. files.SelectMany((list, place) => list.Select(_ => place))],
            classes,
            null
        );
    }

    static string[] Folders(string root) =>
        [
            .. Directory
                .GetDirectories(root)
                .Select(path => Path.GetFileName(path)!)
                .Where(IsSeen)
                .Order(StringComparer.Ordinal),
        ];

    static string[] Images(string folder) =>
        [
            .. Directory
                .EnumerateFiles(
                    folder,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16 }
                )
                .Where(path =>
                    ImageFile.IsImage(path) && Path.GetRelativePath(folder, path).Split('/', '\\').All(IsSeen)
                )
                .Order(StringComparer.Ordinal),
        ];

    static bool IsSeen(string name) => !name.StartsWith('.');

    sealed record Listing(
        IReadOnlyList<string> Files,
        IReadOnlyList<int> Labels,
        IReadOnlyList<string> Classes,
        Split? Given
    );

    /// <summary>Some images, decoded when they are needed.</summary>
    sealed class Lazy(ImageFolder folder, IReadOnlyList<int> images, PixelScale scale) : LazySet(folder.Targets(images))
    {
        readonly byte[] _pixels = new byte[folder.Form.Size];

        public override IReadOnlyList<long> Shape { get; } =
        [folder.Form.Channels, folder.Form.Height, folder.Form.Width];

        public override void Read(int sample, Span<float> inputs)
        {
            folder.Read(images[sample], _pixels);
            scale.Apply(_pixels, inputs);
        }
    }
}
