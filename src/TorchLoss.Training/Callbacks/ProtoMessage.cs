using System.Buffers.Binary;
using System.Text;

namespace TorchLoss.Training;

/// <summary>Writes a message in the wire format of protocol buffers: as much of it as event files need.</summary>
internal sealed class ProtoMessage
{
    const int Varint = 0;
    const int Eight = 1;
    const int Delimited = 2;
    const int Four = 5;

    readonly MemoryStream _bytes = new();

    public ProtoMessage Number(int field, long value)
    {
        Key(field, Varint);
        Unsigned((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Key(field, Eight);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        Key(field, Four);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    public byte[] ToArray() => _bytes.ToArray();

    ProtoMessage Bytes(int field, byte[] value)
    {
        Key(field, Delimited);
        Unsigned((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    void Key(int field, int wireType) => Unsigned((ulong)((field << 3) | wireType));

    /// <summary>Seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    void Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
