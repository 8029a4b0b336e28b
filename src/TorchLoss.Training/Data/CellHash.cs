using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TorchLoss.Training;

/// <summary>The fingerprint of a table's cells: each with its length, so that no two tables run together.</summary>
internal sealed class CellHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(IEnumerable<string> cells)
    {
        Span<byte> length = stackalloc byte[4];
        foreach (var cell in cells)
        {
            var bytes = Encoding.UTF8.GetBytes(cell);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            _hash.AppendData(length);
            _hash.AppendData(bytes);
        }
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
