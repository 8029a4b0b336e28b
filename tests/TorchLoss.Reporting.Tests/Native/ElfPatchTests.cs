using System.Reflection;
using TorchLoss.Native;

namespace TorchLoss.Reporting.Tests.Native;

public sealed class ElfPatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("torchloss-elf-").FullName;

    /// <summary>The library as the package ships it.</summary>
    private static string Shipped { get; } =
        Path.Combine(
            typeof(ElfPatchTests)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .First(data => data.Key == "NuGetPackageRoot")
                .Value!,
            "torchsharp",
            "0.107.0",
            "runtimes",
            "linux-x64",
            "native",
            "libLibTorchSharp.so"
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CopyAsksForNothingThatAnOlderSystemLacks()
    {
        string copy = Path.Combine(_folder, "new", "libLibTorchSharp.so");

        Assert.Equal(ElfPatchResult.Patched, ElfPatch.CopyPatched(Shipped, copy));

        var before = File.ReadAllBytes(Shipped);
        var after = File.ReadAllBytes(copy);
        Assert.Contains(new ElfFile(before).VersionNeeds(), need => need.Version == ElfPatch.MissingVersion);
        Assert.DoesNotContain(new ElfFile(after).VersionNeeds(), need => need.Version == ElfPatch.MissingVersion);
        Assert.Equal(-1, new ElfFile(after).FindSymbol("_ZSt21ios_base_library_initv"));
        Assert.InRange(before.Zip(after).Count(pair => pair.First != pair.Second), 1, 14);
    }

    [Fact]
    public void PatchingThePatchedChangesNothing()
    {
        var library = File.ReadAllBytes(Shipped);
        ElfPatch.Apply(library);
        var once = library.ToArray();

        Assert.Equal(ElfPatchResult.NotNeeded, ElfPatch.Apply(library));
        Assert.Equal(once, library);
    }

    [Fact]
    public void HealthyLibraryIsCopiedUnchanged()
    {
        string healthy = Path.Combine(Path.GetDirectoryName(Shipped)!, "../../osx-arm64/native/libLibTorchSharp.dylib");
        string copy = Path.Combine(_folder, "copy");

        Assert.Equal(ElfPatchResult.NotElf, ElfPatch.CopyPatched(healthy, copy));
        Assert.Equal(File.ReadAllBytes(healthy), File.ReadAllBytes(copy));
    }

    [Fact]
    public void AnyCutGivesAClearErrorOrNothing()
    {
        var library = File.ReadAllBytes(Shipped);
        for (int length = 0; length < library.Length; length += 50_021)
        {
            var cut = library[..length];
            if (length < 64)
            {
                Assert.Equal(ElfPatchResult.NotElf, ElfPatch.Apply(cut));
            }
            else
            {
                var error = Assert.Throws<InvalidDataException>(() => ElfPatch.Apply(cut));
                Assert.Contains($"it has {length} bytes", error.Message);
            }
        }
    }

    [Fact]
    public void GarbageGivesNoOtherErrorThanTheTwoKnownOnes()
    {
        var library = File.ReadAllBytes(Shipped);
        var random = new Random(7);
        for (int round = 0; round < 40; round++)
        {
            var garbage = library.ToArray();
            int headers = garbage.Length - (36 * 64); // the section table stands at the end
            for (int i = 0; i < 20; i++)
            {
                garbage[random.Next(headers, garbage.Length)] = (byte)random.Next(256);
                garbage[random.Next(6, 64)] = (byte)random.Next(256);
            }

            var error = Record.Exception(() => ElfPatch.Apply(garbage));
            Assert.True(error is null or InvalidDataException or NotSupportedException, $"{error}");
        }
    }

    [Fact]
    public void LibraryThatNeedsTheVersionForMoreIsRefused()
    {
        var library = File.ReadAllBytes(Shipped);
        var elf = new ElfFile(library);
        long init = elf.FindSymbol("_ZSt21ios_base_library_initv");
        elf.CopySymbolNameAndVersion(from: init, to: init + 1);

        var error = Assert.Throws<NotSupportedException>(() => ElfPatch.Apply(library));
        Assert.Contains("ios_base_library_init", error.Message);
    }

    [Fact]
    public async Task ManyWritersAtOnceLeaveOneWholeFile()
    {
        string copy = Path.Combine(_folder, "libLibTorchSharp.so");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ElfPatch.CopyPatched(Shipped, copy))));

        Assert.Equal([copy], Directory.GetFiles(_folder));
        Assert.Equal(ElfPatchResult.NotNeeded, ElfPatch.Apply(File.ReadAllBytes(copy)));
    }
}
