package io.holdfast.tcc.fence;

/** The primary key of a fence row. */
public record BranchKey(String xid, long branchId) {

    @Override
    public String toString() {
        return "xid " + xid + ", branch " + branchId;
    }
}
