using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A compiled loop over elements, a multiple of the vector's length.</summary>
/// <param name="input">Predictions.</param>
/// <param name="target">Targets.</param>
/// <param name="weight">Weights, where the loop reads them.</param>
/// <param name="losses">Receives the loss of each element, where the loop writes them.</param>
/// <param name="gradient">Receives the gradient, where the loop writes it.</param>
/// <param name="count">How many elements.</param>
/// <param name="scale">A factor of the gradient.</param>
/// <param name="sums">Receives one sum of losses per lane of the vector.</param>
unsafe delegate void PointwiseLoop(
    float* input,
    float* target,
    float* weight,
    float* losses,
    float* gradient,
    long count,
    float scale,
    float* sums
);

/// <summary>A compiled loop and what it costs.</summary>
/// <param name="Run">The loop.</param>
/// <param name="Steps">Instructions per vector.</param>
sealed record CompiledLoop(PointwiseLoop Run, int Steps);

/// <summary>What a loop reads and writes beside predictions, targets and sums.</summary>
[Flags]
enum PointwiseFeatures
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>Writes the loss of each element.</summary>
    Losses = 1,

    /// <summary>Writes the gradient.</summary>
    Gradient = 2,

    /// <summary>Writes the gradient past the caches, to aligned memory.</summary>
    Streams = 4,

    /// <summary>Reads a weight for each element.</summary>
    Weight = 8,

    /// <summary>All of them.</summary>
    All = 15,
}

/// <summary>Compiles the steps of a traced formula to one loop over vectors.</summary>
/// <remarks>
/// Left to itself the runtime would have to inline a formula through a hundred small generic methods, runs out of its budget
/// for that, and then calls what it did not inline once per vector. Traced, a formula is a list of vector instructions: its
/// options are constants, equal steps are taken once, and what nobody reads (the slope of a constant) is left out.
/// </remarks>
static class PointwiseCompiler
{
    /// <summary>Whether code can be made at run time; tests turn it off to run what stands in for it.</summary>
    public static bool IsAvailable { get; set; } = RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>The loop of a formula with its options.</summary>
    public static CompiledLoop Compile<V, F>(in F formula, PointwiseFeatures features)
        where V : struct, ISimd<V>
        where F : struct, IPointwiseFormula<F>
    {
        var loss = Trace(formula, features);
        var method = new DynamicMethod(
            typeof(F).ToString(),
            typeof(void),
            Array.ConvertAll(typeof(PointwiseLoop).GetMethod("Invoke")!.GetParameters(), p => p.ParameterType),
            typeof(PointwiseCompiler).Module,
            skipVisibility: true
        )
        {
            InitLocals = false,
        };
        var writer = new PointwiseLoopWriter(method.GetILGenerator(), typeof(V), V.Count);
        writer.Write(loss, features);
        return new(method.CreateDelegate<PointwiseLoop>(), writer.Steps);
    }

    static Dual<Traced> Trace<F>(in F formula, PointwiseFeatures features)
        where F : struct, IPointwiseFormula<F>
    {
        Traced input = new(Term.Of(PointwiseOperand.Input));
        Traced target = new(Term.Of(PointwiseOperand.Target));
        Traced scale = new(Term.Of(PointwiseOperand.Scale));
        var slope = features.HasFlag(PointwiseFeatures.Gradient) ? 1.0 : default(Traced);
        var loss = F.Value(formula, new Dual<Traced>(input, slope), new Dual<Traced>(target, default));
        loss = features.HasFlag(PointwiseFeatures.Weight) ? Weighted(loss) : loss;
        return new(loss.Value, loss.Slope * scale);
    }

    /// <summary>An element of weight 0 is no element: its loss may be infinite or NaN. A weight that is NaN shows.</summary>
    static Dual<Traced> Weighted(Dual<Traced> loss)
    {
        var weight = new Dual<Traced>(new(Term.Of(PointwiseOperand.Weight)), default);
        return Dual<Traced>.Select(Dual<Traced>.Greater(Dual<Traced>.Abs(weight), 0.0), loss * weight, weight);
    }
}

/// <summary>Writes one loop.</summary>
/// <param name="il">Where to.</param>
/// <param name="vector">The type of the vectors; its methods are the instructions.</param>
/// <param name="lanes">How many floats a vector holds.</param>
sealed class PointwiseLoopWriter(ILGenerator il, Type vector, int lanes)
{
    const BindingFlags Static = BindingFlags.Static | BindingFlags.Public;
    const int LossesArgument = 3;
    const int GradientArgument = 4;
    const int CountArgument = 5;
    const int ScaleArgument = 6;
    const int SumsArgument = 7;

    readonly LocalBuilder offset = il.DeclareLocal(typeof(nint));
    readonly LocalBuilder sum = il.DeclareLocal(vector);
    readonly LocalBuilder scale = il.DeclareLocal(vector);

    /// <summary>The local that holds a step, by the step itself.</summary>
    readonly Dictionary<Term, LocalBuilder> locals = [];

    /// <summary>The local that holds a step, by what it computes: equal steps share one.</summary>
    readonly Dictionary<string, LocalBuilder> equal = new(StringComparer.Ordinal);

    /// <summary>Instructions per vector.</summary>
    public int Steps => equal.Count;

    /// <summary>For each vector: load, the steps, store; at last the sums.</summary>
    public void Write(Dual<Traced> loss, PointwiseFeatures features)
    {
        var (body, check) = (il.DefineLabel(), il.DefineLabel());
        Start();
        il.Emit(OpCodes.Br, check);

        il.MarkLabel(body);
        Body(loss, features);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldc_I4, lanes * sizeof(float));
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, offset);

        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldarg, CountArgument);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldc_I4, sizeof(float));
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Blt, body);

        il.Emit(OpCodes.Ldarg, SumsArgument);
        il.Emit(OpCodes.Ldloc, sum);
        Call("Store", typeof(float*), vector);
        il.Emit(OpCodes.Ret);
    }

    void Start()
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, offset);
        Constant(0);
        il.Emit(OpCodes.Stloc, sum);
        il.Emit(OpCodes.Ldarg, ScaleArgument);
        il.Emit(OpCodes.Conv_R8);
        Call("op_Implicit", typeof(double));
        il.Emit(OpCodes.Stloc, scale);
    }

    void Body(Dual<Traced> loss, PointwiseFeatures features)
    {
        if (features.HasFlag(PointwiseFeatures.Losses))
        {
            Store(LossesArgument, loss.Value.Term, "Store");
        }
        else
        {
            Push(loss.Value.Term);
            il.Emit(OpCodes.Ldloc, sum);
            Call("op_Addition", vector, vector);
            il.Emit(OpCodes.Stloc, sum);
        }

        if (features.HasFlag(PointwiseFeatures.Gradient))
        {
            var streams = features.HasFlag(PointwiseFeatures.Streams);
            Store(GradientArgument, loss.Slope.Term, streams ? "StoreNonTemporal" : "Store");
        }
    }

    void Store(int pointer, Term term, string how)
    {
        Compute(term);
        Address(pointer);
        Push(term);
        Call(how, typeof(float*), vector);
    }

    void Address(int pointer)
    {
        il.Emit(OpCodes.Ldarg, pointer);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Puts the value of a step on the stack.</summary>
    void Push(Term term)
    {
        Compute(term);
        if (term.Constant is { } constant)
        {
            Constant(constant);
        }
        else
        {
            il.Emit(OpCodes.Ldloc, locals[term]);
        }
    }

    void Constant(double value)
    {
        il.Emit(OpCodes.Ldc_R8, value);
        Call("op_Implicit", typeof(double));
    }

    /// <summary>Writes a step and all it needs, unless that was done before.</summary>
    void Compute(Term term)
    {
        if (term.Constant is not null || locals.ContainsKey(term))
        {
            return;
        }

        foreach (var operand in term.Operands)
        {
            Compute(operand);
        }

        var key = Key(term);
        if (!equal.TryGetValue(key, out var local))
        {
            equal[key] = local = term.Operation is null ? Load(term.Given) : Apply(term);
        }

        locals[term] = local;
    }

    string Key(Term term) =>
        term.Operation is null
            ? term.Given.ToString()
            : $"{term.Operation} {string.Join(' ', term.Operands.Select(Name))}";

    string Name(Term operand) => operand.Constant is { } constant ? $"{constant:R}" : $"@{locals[operand].LocalIndex}";

    LocalBuilder Load(PointwiseOperand given)
    {
        if (given is PointwiseOperand.Scale)
        {
            return scale;
        }

        Address((int)given);
        Call("Load", typeof(float*));
        return Keep();
    }

    LocalBuilder Apply(Term term)
    {
        foreach (var operand in term.Operands)
        {
            Push(operand);
        }

        Call(term.Operation!, Array.ConvertAll(term.Operands, _ => vector));
        return Keep();
    }

    LocalBuilder Keep()
    {
        var local = il.DeclareLocal(vector);
        il.Emit(OpCodes.Stloc, local);
        return local;
    }

    void Call(string method, params Type[] parameters) =>
        il.Emit(OpCodes.Call, vector.GetMethod(method, Static, parameters)!);
}
