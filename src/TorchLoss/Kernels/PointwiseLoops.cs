using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>The compiled loops of a formula with certain options; they are kept, since compiling takes milliseconds.</summary>
sealed class PointwiseLoops<F>
    where F : struct, IPointwiseFormula<F>
{
    /// <summary>Options whose loops are kept: a schedule that changes an option in every step must not fill the memory.</summary>
    const int Most = 64;

    /// <summary>So many options are compiled whatever the size; where yet others come, they are likely to come once.</summary>
    const int Few = 32;

    /// <summary>Elements for which a loop is worth compiling even if it runs once.</summary>
    const long Large = 1 << 20;

    const int Kinds = (int)PointwiseFeatures.All + 1;

    static readonly Lock gate = new();
    static PointwiseLoops<F>[] known = [];
    static int compiled;

    readonly CompiledLoop?[] loops = new CompiledLoop?[(int)SimdWidth.Bits512 / (int)SimdWidth.Bits128 * Kinds];
    F formula;

    PointwiseLoops(in F formula) => this.formula = formula;

    /// <summary>
    /// Whether a loop is there, or worth its compilation: an option that a schedule changes in every step would be compiled anew in
    /// every step, which takes longer than the torch form of a small batch.
    /// </summary>
    public static bool Pay(in F formula, long elements) =>
        compiled < Few || elements >= Large || Find(formula) is not null;

    /// <summary>The loop for a formula, compiled at its first use.</summary>
    public static CompiledLoop Get(in F formula, PointwiseFeatures features)
    {
        var own = Find(formula) ?? Add(formula);
        var index = ((int)Simd.Width / (int)SimdWidth.Bits128 - 1) * Kinds + (int)features;
        return own.loops[index] ??= own.Compile(features);
    }

    static PointwiseLoops<F>? Find(in F formula)
    {
        foreach (var candidate in known)
        {
            if (Bytes(ref candidate.formula).SequenceEqual(Bytes(ref Unsafe.AsRef(in formula))))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Comparing bytes takes nanoseconds, fields (boxed, by reflection) a microsecond; but there are bytes between fields.</summary>
    static ReadOnlySpan<byte> Bytes(ref F formula) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<F, byte>(ref formula), Unsafe.SizeOf<F>());

    static PointwiseLoops<F> Add(in F formula)
    {
        lock (gate)
        {
            foreach (var candidate in known)
            {
                if (candidate.formula.Equals(formula))
                {
                    return candidate;
                }
            }

            PointwiseLoops<F> added = new(formula);
            known = [.. known.TakeLast(Most - 1), added];
            compiled++;
            return added;
        }
    }

    CompiledLoop Compile(PointwiseFeatures features) =>
        Simd.Width switch
        {
            SimdWidth.Bits512 => PointwiseCompiler.Compile<F512, F>(formula, features),
            SimdWidth.Bits256 => PointwiseCompiler.Compile<F256, F>(formula, features),
            _ => PointwiseCompiler.Compile<F128, F>(formula, features),
        };
}
