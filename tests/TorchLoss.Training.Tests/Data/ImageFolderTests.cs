using SkiaSharp;

namespace TorchLoss.Training.Tests;

public sealed class ImageFolderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Root => _folder.File("digits");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Digits_written_as_images_are_the_same_tensors_again(bool lazy)
    {
        var digits = DigitFiles.Read(400);
        DigitFiles.WriteFolder(Root, digits);
        var folder = ImageFolder.Open(Root);
        Assert.Equal(new ImageForm(1, 8, 8), folder.Form);
        Assert.Equal(Enumerable.Range(0, 10).Select(digit => $"{digit}"), folder.ClassNames);
        ImageSource source = lazy ? folder : folder.Load();
        DigitFiles.Same(digits.OrderBy(digit => digit.Label), DigitFiles.Read(source)); // a stable sort, as of the names

        using var task = source.Prepare(0.25, seed: 3);
        Assert.Equal(lazy, task.Train is LazySet);
        var (inputs, targets) = All(task.Train);
        using (inputs)
        using (targets)
        {
            Assert.Equal([300L, 1, 8, 8], inputs.shape);
            Assert.Equal(0, inputs.mean().item<float>(), 1e-5);
            Assert.Equal(1, inputs.std(unbiased: false).item<float>(), 1e-5);
            var pixels = inputs * task.Scale.Deviations[0] + task.Scale.Means[0];
            var split = Split.ByClass(source.Labels, 0.25, 3);
            var expected = split.Train.Select(i => digits.OrderBy(digit => digit.Label).ElementAt(i)).ToArray();
            Assert.Equal(expected.SelectMany(d => d.Pixels), pixels.round().to(uint8).data<byte>().ToArray());
            Assert.Equal(expected.Select(d => (long)d.Label), targets.data<long>().ToArray());
        }
    }

    static (Tensor Inputs, Tensor Targets) All(SampleSet set)
    {
        using var batches = new Batcher(set, 64, shuffle: false);
        var parts = Enumerable.Range(0, batches.Count).Select(i => batches.Batch(0, i)).ToArray();
        return (cat([.. parts.Select(part => part.Inputs)]), cat([.. parts.Select(part => part.Targets)]));
    }

    [Fact]
    public void Colours_keep_their_channels_and_grey_is_their_weighted_sum()
    {
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        Directory.CreateDirectory(Path.Combine(Root, "b"));
        byte[] pixels = [10, 200, 30, 44, 255, 0];
        DigitFiles.Save(Path.Combine(Root, "a", "x.png"), 2, 3, pixels, colour: true);
        DigitFiles.Save(Path.Combine(Root, "b", "x.PNG"), 2, 3, pixels);
        var read = DigitFiles.Read(ImageFolder.Open(Root));
        byte[] green = [.. pixels.Select(p => (byte)(255 - p))];
        byte[] blue = [.. pixels.Select(p => (byte)(p / 2))];
        Assert.Equal([.. pixels, .. green, .. blue], read[0].Pixels);
        Assert.Equal([.. pixels, .. pixels, .. pixels], read[1].Pixels);
        var grey = DigitFiles.Read(ImageFolder.Open(Root, new() { Colour = ImageColour.Grey }));
        Assert.Equal(
            pixels.Select((p, i) => (byte)Math.Round(0.299 * p + 0.587 * green[i] + 0.114 * blue[i])),
            grey[0].Pixels
        );
        Assert.Equal(pixels, grey[1].Pixels);
    }

    [Fact]
    public void Alpha_is_left_out_and_does_not_darken()
    {
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        Directory.CreateDirectory(Path.Combine(Root, "b"));
        using var bitmap = new SKBitmap(new SKImageInfo(2, 2, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.GetPixelSpan().Fill(200);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        foreach (var name in new[] { "a", "b" })
            File.WriteAllBytes(Path.Combine(Root, name, "x.png"), data.ToArray());
        Assert.All(
            DigitFiles.Read(ImageFolder.Open(Root)),
            image => Assert.All(image.Pixels, p => Assert.Equal(200, p))
        );
    }

    [Fact]
    public void Bitmaps_and_jpegs_are_read()
    {
        foreach (var name in new[] { "a", "b", "c" })
            Directory.CreateDirectory(Path.Combine(Root, name));
        byte[] flat = [.. Enumerable.Repeat((byte)97, 64)];
        DigitFiles.Save(Path.Combine(Root, "a", "x.jpg"), 8, 8, flat, format: SKEncodedImageFormat.Jpeg);
        DigitFiles.Save(Path.Combine(Root, "b", "x.jpeg"), 8, 8, flat, format: SKEncodedImageFormat.Jpeg);
        File.WriteAllBytes(Path.Combine(Root, "c", "x.bmp"), Bitmap(8, 8, 97));
        File.WriteAllText(Path.Combine(Root, "c", "notes.txt"), "no image");
        File.WriteAllText(Path.Combine(Root, "c", ".hidden.png"), "no image");
        Assert.All(
            DigitFiles.Read(ImageFolder.Open(Root)),
            image => Assert.All(image.Pixels, p => Assert.Equal(97, p))
        );
    }

    /// <summary>A bitmap of 24 bits a pixel, all alike (the width a multiple of 4).</summary>
    static byte[] Bitmap(int width, int height, byte value)
    {
        var bytes = new byte[54 + 3 * width * height];
        "BM"u8.CopyTo(bytes);
        foreach (var (at, number) in new[] { (2, bytes.Length), (10, 54), (14, 40), (18, width), (22, height) })
            BitConverter.GetBytes(number).CopyTo(bytes, at);
        (bytes[26], bytes[28]) = (1, 24);
        bytes.AsSpan(54).Fill(value);
        return bytes;
    }

    [Fact]
    public void Images_are_brought_to_a_size()
    {
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        Directory.CreateDirectory(Path.Combine(Root, "b"));
        // Left half dark, right half light: after shrinking as well, wherever the pixels fall.
        byte[] halves = [.. Enumerable.Range(0, 64 * 64).Select(i => i % 64 < 32 ? (byte)20 : (byte)220)];
        DigitFiles.Save(Path.Combine(Root, "a", "x.png"), 64, 64, halves);
        DigitFiles.Save(Path.Combine(Root, "b", "x.png"), 10, 20, [.. Enumerable.Repeat((byte)77, 200)]);
        var error = Assert.Throws<DataFileException>(() => ImageFolder.Open(Root));
        Assert.Contains("64 x 64 and 20 x 10", error.Message);
        var folder = ImageFolder.Open(Root, new() { Size = (4, 8) });
        Assert.Equal(new ImageForm(1, 4, 8), folder.Form);
        var read = DigitFiles.Read(folder);
        Assert.All(read[0].Pixels.Where((_, i) => i % 8 < 3), p => Assert.InRange(p, 18, 22));
        Assert.All(read[0].Pixels.Where((_, i) => i % 8 > 4), p => Assert.InRange(p, 218, 222));
        Assert.All(read[1].Pixels, p => Assert.Equal(77, p));
        Assert.Throws<ArgumentException>(() => ImageFolder.Open(Root, new() { Size = (0, 8) }));
    }

    [Fact]
    public void Folders_that_say_what_is_held_back_are_believed()
    {
        var digits = DigitFiles.Read(120);
        DigitFiles.WriteFolder(Path.Combine(Root, "train"), digits[..90]);
        DigitFiles.WriteFolder(Path.Combine(Root, "val"), digits[90..]);
        using var task = ImageFolder.Open(Root).Load().Prepare();
        Assert.Equal((90, 30), (task.Train.Count, task.Validation.Count));
        Assert.Equal(
            digits[90..].Select(digit => (long)digit.Label).Order(),
            task.Validation.Targets.data<long>().ToArray()
        );
        DigitFiles.WriteFolder(Path.Combine(Root, "val"), [(digits[0].Pixels, 11)]);
        Assert.Contains("'11' is held back", Assert.Throws<DataFileException>(() => ImageFolder.Open(Root)).Message);
    }

    [Fact]
    public void A_broken_image_is_named()
    {
        DigitFiles.WriteFolder(Root, DigitFiles.Read(60));
        var file = Path.Combine(Root, "4", "00014.png");
        var whole = File.ReadAllBytes(file);
        foreach (var broken in new byte[][] { [], whole[..20], whole[..^30], "no image at all"u8.ToArray() })
        {
            File.WriteAllBytes(file, broken);
            var loading = Assert.Throws<DataFileException>(() => ImageFolder.Open(Root).Load());
            Assert.Equal(file, loading.File);
        }
        File.WriteAllBytes(file, Header(whole, 50_000, 50_000));
        Assert.Contains("pixels", Assert.Throws<DataFileException>(() => ImageFolder.Open(Root)).Message);
        File.WriteAllBytes(file, whole);
        Assert.Equal(60, ImageFolder.Open(Root).Load().Count);
        var few = new ImageOptions { MaxBytes = 60 * 64 - 1 };
        Assert.Contains("bytes", Assert.Throws<DataFileException>(() => ImageFolder.Open(Root, few).Load()).Message);
        few = new() { MaxFileBytes = 10 };
        Assert.Throws<DataFileException>(() => ImageFolder.Open(Root, few));
    }

    /// <summary>The same PNG with another size in its header, and a sum that fits.</summary>
    static byte[] Header(byte[] png, int width, int height)
    {
        byte[] forged = [.. png];
        DigitFiles.Header(width, height).CopyTo(forged, 16);
        DigitFiles.Header(unchecked((int)Crc(forged.AsSpan(12, 17)))).CopyTo(forged, 29);
        return forged;
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
        }
        return ~crc;
    }

    [Fact]
    public void What_is_no_folder_of_classes_is_refused()
    {
        string Refusal() => Assert.Throws<DataFileException>(() => ImageFolder.Open(Root)).Message;
        Assert.Contains("no such folder", Refusal());
        Directory.CreateDirectory(Root);
        Assert.Contains("has 0 folders", Refusal());
        DigitFiles.WriteFolder(Root, DigitFiles.Read(1));
        Assert.Contains("has 1 folders", Refusal());
        Directory.CreateDirectory(Path.Combine(Root, "none"));
        Assert.Contains("'none' holds no PNG", Refusal());
    }

    [Fact]
    public void A_folder_is_a_task_for_rows()
    {
        DigitFiles.WriteFolder(Root, DigitFiles.Read(200), colour: true);
        var source = DataSource.Open(Root);
        Assert.Equal(source.Fingerprint, DataSource.Open(Root).Fingerprint);
        Assert.Throws<DataFileException>(() => source.Table);
        using var task = source.Prepare(new() { Target = source.DefaultTarget });
        Assert.Equal((TaskKind.Classification, 192, 10), (task.Kind, task.Inputs, task.Outputs));
        Assert.Equal([160L, 192], task.Train.Inputs.shape);
        Assert.Equal(
            ("r_0_0", "g_0_0", "b_7_7"),
            (task.FeatureNames[0], task.FeatureNames[64], task.FeatureNames[191])
        );
        using var model = ImageModels.Classifier(task.Images!, task.Outputs);
        using var scores = model.call(task.Train.Inputs);
        Assert.Equal([160L, 10], scores.shape);
        File.Delete(Path.Combine(Root, "1", "00001.png"));
        Assert.NotEqual(source.Fingerprint, DataSource.Open(Root).Fingerprint);
    }

    [Fact]
    public void Large_images_are_made_small_for_rows_and_this_is_said()
    {
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(Root, name));
            for (var i = 0; i < 4; i++)
                DigitFiles.Save(Path.Combine(Root, name, $"{i}.png"), 100, 90, new byte[9000]);
        }
        using var task = DataSource.Open(Root).Prepare(new() { Target = "class" });
        Assert.Equal(new ImageForm(1, 32, 32), task.Images);
        Assert.Contains("32 x 32", Assert.Single(task.Notes));
    }
}
