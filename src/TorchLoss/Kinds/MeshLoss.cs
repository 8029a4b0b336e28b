namespace TorchLoss;

/// <summary>A loss of the shape of one triangle mesh.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class MeshLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("verts", "V 3", Role.Points), new("faces", "F 3", Role.VertexIndex)];

    /// <summary>Checks a mesh.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="verts">The vertices (V, 3).</param>
    /// <param name="faces">The corners of the triangles (F, 3), indices of vertices, int64.</param>
    private protected static Mesh Check(string loss, Tensor verts, Tensor faces)
    {
        InputCheck.Floating(verts, loss);
        InputCheck.Dimensions(verts, 2, "(V, 3)", loss);
        InputCheck.Size(verts, 1, 3, "coordinates", loss);
        InputCheck.Indices(faces, loss);
        InputCheck.SameDevice(faces, verts, loss);
        InputCheck.Dimensions(faces, 2, "(F, 3)", loss);
        InputCheck.Size(faces, 1, 3, "corners of a triangle", loss);
        InputCheck.IndexRange(faces, verts.shape[0], null, loss);
        return new(verts.Upcast(), faces);
    }
}

/// <summary>A triangle mesh.</summary>
/// <param name="Verts">The vertices (V, 3).</param>
/// <param name="Faces">The corners of the triangles (F, 3).</param>
readonly record struct Mesh(Tensor Verts, Tensor Faces)
{
    /// <summary>Positions of some vertices.</summary>
    public Tensor At(Tensor index) => Verts.index_select(0, index);

    /// <summary>One corner of each face, (F).</summary>
    public Tensor Corner(int corner) => Faces.select(1, corner);

    /// <summary>All three sides of all faces, in order of the vertices they join: sides of one edge stand next to each other.</summary>
    public MeshSides Sides()
    {
        var (a, b, c) = (Corner(0), Corner(1), Corner(2));
        var (from, to, apex) = (cat([b, c, a]), cat([c, a, b]), cat([a, b, c]));
        var (low, high) = (minimum(from, to), maximum(from, to));
        var key = low * Verts.shape[0] + high;
        var order = key.sort(0, stable: true).Indices;
        return new(
            low.index_select(0, order),
            high.index_select(0, order),
            apex.index_select(0, order),
            key.index_select(0, order)
        );
    }
}

/// <summary>Sides of faces, sorted by edge.</summary>
/// <param name="Low">The end with the smaller index.</param>
/// <param name="High">The other end.</param>
/// <param name="Apex">The corner of the face that the side leaves out.</param>
/// <param name="Key">One number for each edge.</param>
readonly record struct MeshSides(Tensor Low, Tensor High, Tensor Apex, Tensor Key)
{
    /// <summary>The ends of each edge, once.</summary>
    public (Tensor Low, Tensor High) Edges()
    {
        if (Key.shape[0] == 0)
        {
            return (Low, High);
        }

        var first = cat([ones(1, dtype: ScalarType.Bool, device: Key.device), Key.diff().ne(0)]).nonzero().squeeze(1);
        return (Low.index_select(0, first), High.index_select(0, first));
    }

    /// <summary>The places of all pairs of sides that share an edge: k faces at one edge are k(k − 1)/2 pairs.</summary>
    public (Tensor First, Tensor Second) Pairs()
    {
        var (count, key) = (Key.shape[0], Key);
        var (first, second) = (new List<Tensor>(), new List<Tensor>());
        for (var apart = 1L; apart < count; apart++)
        {
            var same = key.narrow(0, 0, count - apart).eq(key.narrow(0, apart, count - apart)).nonzero().squeeze(1);
            if (same.shape[0] == 0)
            {
                break;
            }

            first.Add(same);
            second.Add(same + apart);
        }

        return first.Count > 0 ? (cat([.. first]), cat([.. second])) : (key.narrow(0, 0, 0), key.narrow(0, 0, 0));
    }
}
