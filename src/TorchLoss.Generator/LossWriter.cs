using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace TorchLoss.Generator;

/// <summary>Writes the generated half of a loss.</summary>
sealed class LossWriter
{
    readonly LossModel loss;
    readonly StringBuilder text = new();

    public LossWriter(LossModel loss) => this.loss = loss;

    string Name => loss.Name;

    IEnumerable<ParameterModel> OwnOptions => loss.Options.Where(o => !IsInherited(o));

    public string Write()
    {
        text.Append("#nullable enable\nusing System;\nusing System.Collections.Generic;\n");
        text.Append("using System.Runtime.CompilerServices;\nusing TorchSharp;\nusing static TorchSharp.torch;\n\n");
        text.Append($"namespace {loss.Namespace};\n\npartial class {Name}\n{{\n");
        text.Append(CardWriter.RangeFields(loss.Options));
        WriteConstructor();
        WriteProperties();
        WriteForward();
        WriteNames();
        WriteFunction();
        if (loss.Expression is { } formula)
        {
            WriteFormula(formula);
        }

        WriteCard();
        text.Append("}\n\n");
        WriteFactories();
        return text.ToString();
    }

    /// <summary>An option named reduction of torch's own type is the base class's property.</summary>
    static bool IsInherited(ParameterModel option) => option.Name == "reduction" && option.Type == "torch.nn.Reduction";

    static string Join(IEnumerable<string> items) => string.Join(", ", items);

    void Line(string line) => text.Append("    ").Append(line).Append('\n');

    string ConstructorSignature =>
        Join(loss.Sizes.Select(s => "long " + s).Concat(loss.Options.Select(o => o.Declaration())));

    void ParameterDocs(string indent, bool withSizes)
    {
        if (withSizes)
        {
            foreach (var size in loss.Sizes)
            {
                text.Append(
                    $"{indent}/// <param name=\"{size}\">Size of the loss's own tensors; at least 1.</param>\n"
                );
            }
        }

        foreach (var o in loss.Options)
        {
            text.Append($"{indent}/// <param name=\"{o.Name}\">{Code.Escape(o.Doc)}{RangeWords(o)}</param>\n");
        }
    }

    static string RangeWords(ParameterModel option) =>
        option.Range is null ? "" : $" Must be {Code.Escape(Code.Words(option.Range))}.";

    void WriteConstructor()
    {
        var inherited = loss.Options.FirstOrDefault(IsInherited);
        Line("/// <summary>Creates the loss.</summary>");
        ParameterDocs("    ", withSizes: true);
        Line($"public {Name}({ConstructorSignature})");
        Line($"    : base({(inherited is null ? "" : "OptionCheck.Reduction(reduction, nameof(" + Name + "))")})");
        Line("{");
        foreach (var o in OwnOptions)
        {
            Line($"    this.{o.Property} = {Stored(o)};");
        }

        foreach (var t in loss.OwnTensors)
        {
            var maker = t.Role is ParameterRole.Learned ? "Learn" : "Keep";
            Line($"    this.{t.Name} = OwnTensors.{maker}({t.InitialValue}, {Join(t.Sizes)});");
        }

        Line("    Created();");
        Line("}\n");
        Line("/// <summary>Where a loss finishes what options and learned tensors need of each other.</summary>");
        Line("partial void Created();\n");
    }

    string Stored(ParameterModel o)
    {
        if (o.IsClassCounts)
        {
            return $"{o.Name}.ToBuffer()";
        }

        if (o.IsTensor)
        {
            return $"OwnTensors.Share({o.Name})";
        }

        var value = CardWriter.Checked(o, Name);
        if (o.IsList)
        {
            return o.Type.EndsWith("?") ? $"{o.Name} is null ? null : [.. {value}]" : $"[.. {value}]";
        }

        return value;
    }

    void WriteProperties()
    {
        foreach (var t in loss.OwnTensors)
        {
            var learned = t.Role is ParameterRole.Learned;
            var type = learned ? "TorchSharp.Modules.Parameter" : "Tensor";
            Line($"/// <summary>{Code.Escape(t.Doc)}</summary>");
            Property(
                type,
                t.Name,
                $"ConditionallyRegister{(learned ? "Parameter" : "Buffer")}(nameof({t.Name}), value)"
            );
        }

        foreach (var o in OwnOptions)
        {
            Line($"/// <summary>{Code.Escape(o.Doc)}</summary>");
            if (o.IsTensor)
            {
                Property(o.Type, o.Name, $"ConditionallyRegisterBuffer(nameof({o.Name}), value)");
            }
            else if (o.IsModule)
            {
                Property(o.Type, o.Name, $"if (value is not null) register_module(nameof({o.Name}), value)");
            }
            else
            {
                Line($"public {o.Type} {o.Property} {{ get; }}\n");
            }
        }
    }

    /// <summary>`.to()` replaces a registered tensor through its property, so the setter must register the new one.</summary>
    void Property(string type, string name, string register)
    {
        Line($"public {type} {name}");
        Line("{");
        Line("    get;");
        Line($"    private set {{ field = value; {register}; }}");
        Line("}\n");
    }

    void WriteForward()
    {
        var inputs = loss.Inputs.ToList();
        var optional = loss.OptionalInputs.ToList();
        var own = loss.Parameters.Select(p =>
            p.Role is ParameterRole.TrainingFlag ? $"{p.Name}: training" : $"{p.Name}: {p.Property}"
        );
        var required = Join(inputs.Select(p => $"{p.ForwardType} {p.Name}"));
        Line("/// <inheritdoc/>");
        if (optional.Count == 0)
        {
            Line($"public override Tensor forward({required})");
        }
        else
        {
            var nulls = Join(inputs.Select(p => p.Name).Concat(optional.Select(_ => "null")));
            Line($"public override Tensor forward({required}) => forward({nulls});\n");
            var all = Join(
                inputs
                    .Select(p => $"{p.ForwardType} {p.Name}")
                    .Concat(optional.Select(p => $"{p.ForwardType}? {p.Name} = null"))
            );
            Line("/// <summary>The loss, with tensors that may be left out.</summary>");
            foreach (var p in inputs.Concat(optional).Where(p => p.Doc.Length > 0))
            {
                Line($"/// <param name=\"{p.Name}\">{Code.Escape(p.Doc)}</param>");
            }

            Line($"public Tensor forward({all})");
        }

        Line("{");
        CheckInputs();
        Return($"Compute({Join(own)})");
        Line("}\n");
        if (optional.Count > 0)
        {
            var all = Join(
                inputs
                    .Concat(optional)
                    .Select(
                        (p, i) =>
                            $"{p.ForwardType}{(i < inputs.Count ? "" : "?")} {p.Name}{(i > inputs.Count ? " = null" : "")}"
                    )
            );
            Line("/// <summary>As <c>call</c>, with tensors that may be left out.</summary>");
            Line($"public Tensor call({all}) => forward({Join(inputs.Concat(optional).Select(p => p.Name))});\n");
        }

        Line("/// <inheritdoc/>");
        var pulled = inputs.Concat(optional).Select(p => p.From("inputs", Name));
        var entry = optional.Count == 0 ? "call" : "forward";
        Line($"public override Tensor Evaluate(TensorArguments inputs) => {entry}({Join(pulled)});\n");
    }

    void CheckInputs()
    {
        foreach (var p in loss.Inputs)
        {
            Line($"    InputCheck.Live({p.Name}, nameof({Name}), nameof({p.Name}));");
        }

        foreach (var p in loss.OptionalInputs.Concat(loss.Options.Where(o => o.IsTensor && !o.IsClassCounts)))
        {
            Line($"    InputCheck.LiveOrNull({p.Name}, nameof({Name}), nameof({p.Name}));");
        }
    }

    void WriteNames()
    {
        var shown = loss.Options.Where(o => !o.IsTensor).Select(o => $"{o.Name}={{OptionCheck.Show({o.Property})}}");
        Line("/// <inheritdoc/>");
        Line($"public override string GetName() => nameof({Name});\n");
        Line("/// <summary>The loss with its options, as written in code.</summary>");
        Line($"public override string ToString() => $\"{Name}({Join(shown)})\";\n");
        Line("/// <inheritdoc/>");
        Line("public override LossInfo Info => Card;\n");
    }

    void WriteFunction()
    {
        Line(
            "/// <summary>The core that module and functional twin share: checks the options, then computes.</summary>"
        );
        Line($"internal static Tensor Invoke({FunctionSignature(withDefaults: false)})");
        Line("{");
        CheckInputs();
        foreach (var t in loss.OwnTensors)
        {
            Line($"    InputCheck.Live({t.Name}, nameof({Name}), nameof({t.Name}));");
        }

        foreach (var o in loss.Options.Where(o => o.Range is not null))
        {
            Line($"    {CardWriter.Checked(o, Name)};");
        }

        foreach (var o in loss.Options.Where(IsInherited))
        {
            Line($"    OptionCheck.Reduction({o.Name}, nameof({Name}));");
        }

        var arguments = loss.Parameters.Select(p =>
            p.IsClassCounts ? $"{p.Name}: {p.Name}.ToTensor({loss.Inputs.First().Name}.device)" : $"{p.Name}: {p.Name}"
        );
        Return($"Compute({Join(arguments)})");
        Line("}\n");
    }

    /// <summary>A composed loss runs in a dispose scope, so that only its result outlives it; engines do so themselves.</summary>
    void Return(string result)
    {
        if (!loss.HasOwnCompute)
        {
            Line($"    return {result};");
            return;
        }

        Line("    using var scope = NewDisposeScope();");
        Line($"    return {result}.MoveToOuterDisposeScope();");
    }

    /// <summary>Inputs, own tensors, required options, options, and last what may be left out.</summary>
    IEnumerable<ParameterModel> FunctionParameters =>
        loss
            .Inputs.Concat(loss.OwnTensors)
            .Concat(loss.Options.Where(o => !o.HasDefault))
            .Concat(loss.Options.Where(o => o.HasDefault))
            .Concat(loss.Parameters.Where(p => p.Role is ParameterRole.OptionalInput or ParameterRole.TrainingFlag));

    string FunctionSignature(bool withDefaults) =>
        Join(
            FunctionParameters.Select(p =>
                p.Role switch
                {
                    ParameterRole.Input or ParameterRole.Learned or ParameterRole.State => $"{p.ForwardType} {p.Name}",
                    ParameterRole.OptionalInput => $"{p.ForwardType}? {p.Name}{(withDefaults ? " = null" : "")}",
                    ParameterRole.TrainingFlag => $"bool {p.Name}{(withDefaults ? " = true" : "")}",
                    _ => p.Declaration(withDefaults),
                }
            )
        );

    void WriteFormula(FormulaModel formula)
    {
        var options = formula.Options;
        var fields = options.Select(o => $"{o.Type} {o.Name}").ToList();
        var constructor = fields.Count == 0 ? "" : $"({Join(fields)})";
        Line("/// <summary>The formula with its options, as the engine runs it.</summary>");
        Line($"internal readonly struct Formula{constructor} : {formula.Contract}<Formula>");
        Line("{");
        foreach (var field in fields)
        {
            Line($"    readonly {field} = {field.Split(' ').Last()};");
        }

        foreach (var flag in formula.Flags)
        {
            var used = formula.Uses(flag) ? "true" : "false";
            Line("    /// <inheritdoc/>");
            Line($"    public static bool {flag} => {used};\n");
        }

        var numbers = formula.ContractNumbers;
        var arguments = formula.Bound.Concat(options.Select(o => $"o.{o.Name}"));
        Line("    /// <inheritdoc/>");
        Line("    [MethodImpl(MethodImplOptions.AggressiveInlining)]");
        Line($"    public static R Value<R>(in Formula o, {Join(numbers.Select(n => $"R {n}"))})");
        Line("        where R : struct, IReal<R>");
        Line($"        => {Name}.Value({Join(arguments)});");
        Line("}\n");
        if (loss.HasOwnCompute)
        {
            return;
        }

        var shared = formula.Shared.Select(p => p.Name);
        Line($"static Tensor Compute({Join(loss.Parameters.Select(p => $"{p.Type} {p.Name}"))}) =>");
        Line($"    Evaluate(new Formula({Join(options.Select(o => o.Name))}), {Join(shared)});\n");
    }

    void WriteCard()
    {
        string Array(IEnumerable<string> items) => $"[{Join(items.Select(Code.Literal))}]";

        var aliases = loss.Aliases.Split(' ').Where(a => a.Length > 0);
        Line("/// <summary>This loss's entry in the catalogue.</summary>");
        Line("public static LossInfo Card => field ??= new()");
        Line("{");
        Line($"    Name = nameof({Name}),");
        Line($"    Function = {Code.Literal(loss.Function)},");
        Line($"    Type = typeof({Name}),");
        Line($"    Family = {loss.Family},");
        Line($"    Summary = {Code.Literal(loss.Summary)},");
        Line($"    Remarks = {Code.Literal(loss.Remarks)},");
        Line($"    Formula = {Code.Literal(loss.Formula)},");
        Line($"    Source = {Code.Literal(loss.Source)},");
        Line($"    Aliases = {Array(aliases)},");
        Line($"    BuiltIn = {(loss.BuiltIn is null ? "null" : Code.Literal(loss.BuiltIn))},");
        Line($"    Kernel = {(loss.Expression is { } f ? Code.Literal(f.Engine) : "null")},");
        Line("    Inputs = Inputs,");
        Line("    OwnTensors =\n        [");
        foreach (var t in loss.OwnTensors)
        {
            var learned = t.Role is ParameterRole.Learned ? "true" : "false";
            Line($"        new(\"{t.Name}\", {Array(t.Sizes)}, {Code.Literal(t.Doc)}, {learned}),");
        }

        Line("    ],\n        Options =\n        [");
        foreach (var size in loss.Sizes)
        {
            Line(
                $"        new(\"{size}\", typeof(long), null, null, \"Size of the loss's own tensors.\") {{ Required = true }},"
            );
        }

        foreach (var o in loss.Options)
        {
            Line($"        {CardWriter.Entry(o)},");
        }

        Line("    ],");
        var created = loss
            .Sizes.Select(s => $"o.Need<long>(\"{s}\", nameof({Name}))")
            .Concat(loss.Options.Select(o => CardWriter.Pull(o, Name)));
        Line($"    Create = o => new {Name}({Join(created)}),");
        Line($"    Invoke = (x, o) => Invoke({Join(FunctionParameters.Select(Pulled))}),");
        if (loss.Expression is { } formula)
        {
            var arguments = formula
                .Numbers.Select((_, i) => $"new Real(x[{i}])")
                .Concat(formula.Options.Select(o => CardWriter.Pull(o, Name)));
            Line($"    Reference = (x, o) => Value({Join(arguments)}).Value,");
        }

        Line("};");
    }

    string Pulled(ParameterModel p) =>
        p.Role switch
        {
            ParameterRole.Input or ParameterRole.OptionalInput or ParameterRole.Learned or ParameterRole.State =>
                p.From("x", Name),
            ParameterRole.TrainingFlag => "true",
            _ when p.IsTensor && !p.IsClassCounts => $"x.Find(\"{p.Name}\") ?? {CardWriter.Pull(p, Name)}",
            _ => CardWriter.Pull(p, Name),
        };

    void WriteFactories()
    {
        var factoryArguments = Join(loss.Sizes.Concat(loss.Options.Select(o => o.Name)));
        var functionArguments = Join(FunctionParameters.Select(p => p.Name));
        if (loss.IsStandard)
        {
            text.Append("public static partial class Functional\n{\n");
            WriteTwin("    ", functionArguments);
            text.Append("}\n");
            return;
        }

        text.Append("public static partial class Losses\n{\n    extension(torch.nn)\n    {\n");
        text.Append($"        /// <inheritdoc cref=\"{loss.Namespace}.{Name}\"/>\n");
        ParameterDocs("        ", withSizes: true);
        text.Append(
            $"        public static {Name} {Name}({ConstructorSignature}) => new({factoryArguments});\n    }}\n\n"
        );
        text.Append("    extension(torch.nn.functional)\n    {\n");
        WriteTwin("        ", functionArguments);
        text.Append("    }\n}\n");
    }

    void WriteTwin(string indent, string arguments)
    {
        text.Append($"{indent}/// <inheritdoc cref=\"{loss.Namespace}.{Name}\"/>\n");
        foreach (var t in loss.OwnTensors)
        {
            text.Append($"{indent}/// <param name=\"{t.Name}\">{Code.Escape(t.Doc)}</param>\n");
        }

        ParameterDocs(indent, withSizes: false);
        text.Append($"{indent}public static Tensor {loss.Function}({FunctionSignature(withDefaults: true)}) =>\n");
        text.Append($"{indent}    {loss.Namespace}.{Name}.Invoke({arguments});\n");
    }
}
