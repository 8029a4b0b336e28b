using System.Buffers.Binary;
using System.Numerics;

namespace TorchLoss.Training;

/// <summary>
/// TensorBoard's event file: records of length (8 bytes), the length's check sum, an Event message in protocol buffers, its check
/// sum. A sum is a masked CRC-32C (Castagnoli). Format: TensorFlow's record_writer.h, event.proto and summary.proto.
/// </summary>
internal sealed class EventFile : IDisposable
{
    const uint MaskDelta = 0xa282ead8;

    // Fields of Event, Summary, Summary.Value and SessionLog.
    const int WallTime = 1;
    const int Step = 2;
    const int FileVersion = 3;
    const int Summary = 5;
    const int SessionLog = 7;
    const int Value = 1;
    const int Tag = 1;
    const int SimpleValue = 2;
    const int Status = 1;
    const long Start = 1;

    readonly FileStream _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its name, which must be new.</param>
    /// <param name="firstStep">What other files say of this step and later ones is void.</param>
    public EventFile(string path, long firstStep)
    {
        _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Write(Event(0).Text(FileVersion, "brain.Event:2"));
        Write(Event(firstStep).Message(SessionLog, new ProtoMessage().Number(Status, Start)));
        Flush();
    }

    /// <summary>Adds a number.</summary>
    public void Scalar(string tag, long step, double value)
    {
        var scalar = new ProtoMessage().Text(Tag, tag).Float(SimpleValue, (float)value);
        Write(Event(step).Message(Summary, new ProtoMessage().Message(Value, scalar)));
    }

    /// <summary>Hands all of it to the system, so that TensorBoard sees it.</summary>
    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    /// <summary>CRC-32C, turned and shifted: sums of data that hold sums themselves would be weak.</summary>
    internal static uint MaskedSum(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var value in data)
            sum = BitOperations.Crc32C(sum, value);
        return BitOperations.RotateRight(~sum, 15) + MaskDelta;
    }

    static ProtoMessage Event(long step) =>
        new ProtoMessage().Double(WallTime, (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds).Number(Step, step);

    void Write(ProtoMessage message)
    {
        var data = message.ToArray();
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(head, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedSum(head[..8]));
        Span<byte> sum = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, MaskedSum(data));
        _stream.Write(head);
        _stream.Write(data);
        _stream.Write(sum);
    }
}
