using System.Buffers.Binary;

namespace TorchLoss.Training;

/// <summary>
/// The state of torch's CPU generator. Giving torch bytes that are no such state ends the process, so they are looked at first:
/// their number, and what torch itself demands of a Mersenne Twister.
/// </summary>
internal static class RngState
{
    const int States = 624;
    const int LeftAt = 8;
    const int SeededAt = 12;
    const int NextAt = 16;

    public static byte[] Capture()
    {
        using var state = get_rng_state();
        return state.bytes.ToArray();
    }

    public static void Restore(byte[] bytes)
    {
        if (!IsValid(bytes))
            throw new FormatException("the state of the random generator is none");
        using var state = tensor(bytes, dtype: uint8);
#pragma warning disable RS0030 // the one place that may: the state was checked above
        set_rng_state(state);
#pragma warning restore RS0030
    }

    internal static bool IsValid(byte[] bytes)
    {
        if (bytes.Length != Capture().Length || bytes.Length < NextAt + 8)
            return false;
        var left = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(LeftAt));
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(SeededAt));
        var next = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(NextAt));
        return seeded == 1 && left is > 0 and <= States && next <= States;
    }
}
