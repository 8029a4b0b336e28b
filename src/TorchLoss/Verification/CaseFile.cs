using System.IO.Compression;
using System.Text.Json;

namespace TorchLoss.Verification;

/// <summary>A file of reference cases cannot be read; the message says where and why.</summary>
/// <param name="message">What is wrong, with the file and the place in it.</param>
/// <param name="inner">The error underneath.</param>
public sealed class CaseFileException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A tensor of a reference case.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Dtype">float64, float32, int64, int32 or bool.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Data">Its values in row-major order.</param>
public sealed record CaseTensor(string Name, string Dtype, IReadOnlyList<long> Shape, double[] Data)
{
    /// <summary>Its gradient is asked for.</summary>
    public bool RequiresGrad { get; init; }

    /// <summary>It is a learned tensor of the loss.</summary>
    public bool IsParameter { get; init; }

    /// <summary>It is a state of the loss before the call.</summary>
    public bool IsBuffer { get; init; }

    /// <summary>A new tensor with these values, on the CPU.</summary>
    public Tensor ToTensor()
    {
        long[] shape = [.. Shape];
        var values = Dtype switch
        {
            "float64" => tensor(Data, shape),
            "float32" => tensor(Data, shape).to(ScalarType.Float32),
            "int64" => tensor(Data.Select(d => (long)d).ToArray(), shape),
            "int32" => tensor(Data.Select(d => (int)d).ToArray(), shape),
            "bool" => tensor(Data.Select(d => d != 0).ToArray(), shape),
            _ => throw new CaseFileException($"tensor {Name}: unknown dtype '{Dtype}'."),
        };
        return RequiresGrad ? values.requires_grad_() : values;
    }
}

/// <summary>One case: inputs, options, and what must come out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">The options, as written in the file.</param>
/// <param name="Inputs">The input tensors in forward order.</param>
/// <param name="Value">The expected value.</param>
/// <param name="Gradients">The expected gradients of the value's sum, by input name.</param>
/// <param name="Buffers">The expected state after the call, by input name.</param>
/// <param name="RelativeTolerance">A result may be off by this share of the expected number.</param>
/// <param name="AbsoluteTolerance">And by this much.</param>
public sealed record ReferenceCase(
    string Name,
    IReadOnlyDictionary<string, JsonElement> Options,
    IReadOnlyList<CaseTensor> Inputs,
    CaseTensor Value,
    IReadOnlyDictionary<string, CaseTensor> Gradients,
    IReadOnlyDictionary<string, CaseTensor> Buffers,
    double RelativeTolerance,
    double AbsoluteTolerance
);

/// <summary>A file of reference cases of one loss or part.</summary>
/// <param name="Loss">The name of the loss or part.</param>
/// <param name="Reference">Whose values these are.</param>
/// <param name="Cases">The cases.</param>
public sealed record CaseFile(string Loss, string Reference, IReadOnlyList<ReferenceCase> Cases)
{
    const long MaximalBytes = 256L << 20;
    const int MaximalDepth = 64;

    /// <summary>Reads a <c>.json</c> or <c>.json.gz</c> file.</summary>
    /// <exception cref="CaseFileException">It is missing, too large, no JSON, too deep, or not of this form.</exception>
    public static CaseFile Load(string path)
    {
        try
        {
            using var stream = Open(path);
            return Read(stream, Path.GetFileName(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CaseFileException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads cases from a stream.</summary>
    /// <param name="stream">The JSON text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="CaseFileException">It is too large, no JSON, too deep, or not of this form.</exception>
    public static CaseFile Read(Stream stream, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(
                Limited(stream, name),
                new JsonDocumentOptions { MaxDepth = MaximalDepth }
            );
            return CaseReader.File(document.RootElement.Clone(), name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: texts that are no UTF-8
        {
            throw new CaseFileException($"{name}: not valid JSON ({e.Message})", e);
        }
    }

    static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
    }

    /// <summary>The whole text, or a refusal once it passes the limit: a small archive may inflate without end.</summary>
    static ReadOnlyMemory<byte> Limited(Stream stream, string name)
    {
        using var all = new MemoryStream();
        var block = new byte[1 << 16];
        for (int n; (n = stream.Read(block)) > 0; )
        {
            all.Write(block, 0, n);
            if (all.Length > MaximalBytes)
            {
                throw new CaseFileException($"{name}: larger than {MaximalBytes >> 20} MB.");
            }
        }

        return all.ToArray();
    }
}
